// Enhances what already works without it: colours by choice, a sidebar that keeps its place,
// the section being read. Wants no build step and no library.
(() => {
  const root = document.documentElement;
  // In the language of the site.
  const words = document.currentScript.dataset;
  const one = (selector) => document.querySelector(selector);
  const stored = (storage, key, value) => {
    try {
      const s = window[storage];
      return value === undefined ? s.getItem(key) : value ? s.setItem(key, value) : s.removeItem(key);
    } catch {} // storage is forbidden: the choice holds for this page
  };

  const button = one(".theme");
  if (button) {
    const order = ["", "light", "dark"];
    const label = () => {
      button.title = `${words.colours}: ${words[root.dataset.theme || "automatic"]}`;
      button.setAttribute("aria-label", button.title);
    };
    button.onclick = () => {
      const theme = order[(order.indexOf(root.dataset.theme || "") + 1) % 3];
      theme ? (root.dataset.theme = theme) : delete root.dataset.theme;
      stored("localStorage", "handbook-theme", theme);
      label();
    };
    label();
  }

  const show = (box, link) => {
    if (!box || !link) return;
    const b = box.getBoundingClientRect(), l = link.getBoundingClientRect();
    if (l.top < b.top + 40 || l.bottom > b.bottom - 40) box.scrollTop += l.top - b.top - b.height / 2;
  };

  const sidebar = one(".sidebar");
  if (sidebar) {
    const current = sidebar.querySelector("[aria-current]");
    sidebar.scrollTop = stored("sessionStorage", "handbook-sidebar") || 0;
    show(sidebar, current);
    sidebar.addEventListener("toggle", () => show(sidebar, current));
    addEventListener("pagehide", () => {
      stored("sessionStorage", "handbook-sidebar", String(sidebar.scrollTop));
      if (sidebar.matches(":popover-open")) sidebar.hidePopover();
    });
    matchMedia("(min-width: 52em)").onchange = () => {
      if (sidebar.matches(":popover-open")) sidebar.hidePopover();
    };
  }

  const toc = one(".toc");
  if (toc && window.IntersectionObserver) {
    const links = new Map();
    for (const a of toc.querySelectorAll("a")) {
      const heading = document.getElementById(a.getAttribute("href").slice(1));
      if (heading) links.set(heading, a);
    }
    let now;
    // A heading is passed when it leaves the upper third of the window upward.
    const seen = new IntersectionObserver(() => {
      let last;
      for (const [heading, a] of links) if (heading.getBoundingClientRect().top < innerHeight / 3) last = a;
      if (last === now) return;
      now?.removeAttribute("aria-current");
      (now = last)?.setAttribute("aria-current", "location");
      show(toc, now);
    }, { rootMargin: "0px 0px -66% 0px" });
    for (const heading of links.keys()) seen.observe(heading);
  }

  // No prompts, no output, nothing that went.
  const wanted = (code) => {
    const there = [...code.childNodes].map((node) => node.matches?.("del, .l.c") ? "" : node.textContent);
    let lines = there.join("").trimEnd().split("\n"), mark = /^[$>] /, run;
    const some = (mark) => lines.some((line) => mark.test(line));
    if (/-diff/.test(code.className)) {
      lines = lines.filter((line) => !/^(-|[+]{3} |@@)/.test(line));
      mark = some(/^[^+ ]/) ? /^[+]/ : /^[+ ]/;
    } else if (some(mark) && /-(\w*sh|shell|console|terminal)\b/.test(code.className))
      lines = lines.filter((line, i) => (run = mark.test(line) || (run && lines[i - 1].endsWith("\\"))));
    else mark = "";
    return lines.map((line) => line.replace(mark, "")).join("\n");
  };
  const addCopy = () => {
    // In a preview the code may have gone from behind its button.
    for (const old of document.querySelectorAll(".copy:not(:has(+ .code))")) old.remove();
    for (const code of document.querySelectorAll(".code:not(.copy + *)")) {
      code.insertAdjacentHTML("beforebegin", '<div class="copy"><button></button><span role="status"></span></div>');
      const button = code.previousSibling.firstChild;
      button.textContent = words.copy;
      button.ariaLabel = words.copyCode;
    }
  };
  if (navigator.clipboard) {
    addCopy();
    document.addEventListener("handbook:swap", addCopy);
    addEventListener("click", async ({ target }) => {
      if (!target.matches(".copy button")) return;
      const status = target.nextSibling, code = target.parentNode.nextSibling.firstChild;
      status.textContent = await navigator.clipboard.writeText(wanted(code)).then(() => words.copied, () => words.notCopied);
      setTimeout(() => status.replaceChildren(), 2000);
    });
  }

  // Tabs: all panels are on the page, and one of each group is shown. Groups of the same names go together.
  const each = (box, act) => {
    const panels = box.querySelectorAll(":scope > .tab");
    const tabs = [...box.querySelectorAll(":scope > .tab-list > button")].slice(0, panels.length);
    return tabs.map((tab, i) => act(tab, panels[i], i));
  };
  const boxes = () => document.querySelectorAll(".tabs");
  const names = (box) => "handbook-tabs " + each(box, (tab) => tab.textContent).join();
  const open = (box, chosen) => each(box, (tab, panel) => {
    const on = tab.textContent === chosen.textContent && (tab === chosen || !box.contains(chosen));
    tab.setAttribute("aria-selected", on);
    tab.tabIndex = on ? 0 : -1;
    panel.hidden = on ? false : "until-found";
    // What can still be found in the page is no panel to a screen reader.
    for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", tab.id], ["tabindex", 0]])
      on ? panel.setAttribute(name, value) : panel.removeAttribute(name);
  });
  const choose = (tab) => {
    const box = tab.closest(".tabs"), all = names(box), { top } = tab.getBoundingClientRect();
    for (const other of boxes()) if (names(other) === all) open(other, tab);
    stored("localStorage", all, tab.textContent);
    // Those above may be longer or shorter now.
    scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: "instant" });
    tab.focus();
  };
  const addTabs = () => {
    for (const [n, box] of boxes().entries()) {
      let now = 0;
      const last = stored("localStorage", names(box));
      const tabs = each(box, (tab, panel, i) => {
        panel.id ||= `hb:panel-${n}-${i}`;
        tab.id = `hb:tab-${panel.id}`;
        tab.setAttribute("aria-controls", panel.id);
        if (tab.ariaSelected === "true" || (tab.textContent === last && !box.matches(".on"))) now = i;
        return tab;
      });
      if (tabs[now]) open(box, tabs[now]);
      box.classList.add("on");
    }
  };
  /** Opens the panels and folds round a place. */
  const reveal = (place) => {
    for (let fold = place?.closest("details"); fold; fold = fold.parentNode.closest("details")) fold.open = true;
    for (let panel = place?.closest(".tab"); panel; panel = panel.parentNode.closest(".tab"))
      each(panel.parentNode, (tab, own) => { if (own === panel) open(panel.parentNode, tab); });
  };
  const arrive = () => {
    let place;
    try { place = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch {}
    if (!place?.closest(".tabs, details")) return;
    reveal(place);
    place.scrollIntoView();
  };
  const isTab = (target) => target.matches?.(".tabs > .tab-list > button");
  addTabs();
  arrive();
  document.addEventListener("handbook:swap", addTabs);
  addEventListener("hashchange", arrive);
  document.addEventListener("beforematch", ({ target }) => reveal(target));
  addEventListener("keydown", (event) => {
    if (!isTab(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    const tabs = each(event.target.closest(".tabs"), (tab) => tab), now = tabs.indexOf(event.target);
    const next = getComputedStyle(event.target).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: now + next, ArrowLeft: now - next, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(tabs.at(to % tabs.length));
  });
  addEventListener("click", ({ target }) => {
    if (isTab(target)) choose(target);
    if (!target.matches?.(".embed > button")) return;
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: target.dataset.src, title: target.dataset.title, allowFullscreen: true });
    target.parentNode.replaceChildren(frame);
    frame.focus();
  });
})();
