// Enhances what already works without it: colours by choice, a sidebar that keeps its place,
// the section being read. Wants no build step and no library.
(() => {
  const root = document.documentElement;
  // Set in the page already, before it is painted, unless a policy forbids scripts there.
  root.classList.add("js");
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

  // Search is loaded when somebody comes near it. Where that fails, its form leads to the list of all pages.
  const box = one(".search");
  if (box) {
    const load = () => import(box.dataset.script);
    const search = (query) => load().then(({ open }) => open(box, query)).catch(() => box.submit());
    for (const sign of ["pointerenter", "focusin"]) box.addEventListener(sign, () => load().catch(() => {}), { once: true });
    box.onsubmit = (event) => {
      event.preventDefault();
      search();
    };
    addEventListener("keydown", (event) => {
      const { key, target, ctrlKey, metaKey, altKey } = event, held = ctrlKey || metaKey;
      const isSlash = key === "/" && !held && "slash" in box.dataset && !target.matches("input, textarea, select, [contenteditable]");
      if (altKey || !(isSlash || (held && key === "k"))) return;
      event.preventDefault();
      search();
    });
    const query = new URLSearchParams(location.search).get("q");
    if (query !== null) search(query);
    if (stored("sessionStorage", "handbook-sought")) load().then(({ mark }) => mark());
  }

  const show = (box, link) => {
    if (!box || !link) return;
    const b = box.getBoundingClientRect(), l = link.getBoundingClientRect();
    if (l.top < b.top + 40 || l.bottom > b.bottom - 40) box.scrollTop += l.top - b.top - b.height / 2;
  };

  // Closed branches of the sidebar open in place, from one file that is asked for when the first one opens. What was opened
  // is remembered with its entries: the next page shows it at once, and mends it where the file says otherwise by now.
  const sidebar = one(".sidebar");
  const opened = (() => { try { return JSON.parse(stored("sessionStorage", "handbook-branches")) || {}; } catch { return {}; } })();
  const known = [];
  let file, branches = 0;
  const load = (cache) => fetch(sidebar.dataset.file, { cache }).then((answer) => answer.json());
  const title = (li) => li.firstChild.firstChild.textContent.trim();
  const way = (li) => {
    const outer = li.parentNode.closest("li");
    return [...(outer ? way(outer) : []), [title(li), li.firstChild.getAttribute("href")]];
  };
  const find = (items, li) => {
    for (const [text, url] of way(li)) items = items?.find((item) => item[2] && item[0] === text && item[1] === url)?.[2];
    return items;
  };
  const remember = () => stored("sessionStorage", "handbook-branches", JSON.stringify(opened));
  const list = (items) => {
    const ul = document.createElement("ul");
    for (const [text, url, inner, badge, external] of items) {
      const li = ul.appendChild(document.createElement("li")), a = li.appendChild(document.createElement(url ? "a" : "span"));
      a.textContent = text;
      if (url) a.href = url;
      if (external) a.className = "external";
      if (badge) {
        const small = document.createElement("small");
        small.className = "badge";
        small.textContent = badge;
        a.append(" ", small);
      }
      if (inner) url ? (li.className = "branch") : li.append(list(inner));
    }
    return ul;
  };
  const addBranches = () => {
    for (const li of sidebar.querySelectorAll("li:is(.branch, .open):not(:has(> button))")) {
      const button = document.createElement("button"), key = JSON.stringify([sidebar.dataset.file, ...way(li)]);
      button.type = "button";
      button.ariaLabel = title(li);
      const set = (on) => button.setAttribute("aria-expanded", on);
      const put = (ul) => {
        ul.id ||= `hb:branch-${branches++}`;
        button.setAttribute("aria-controls", ul.id);
        ul.hidden = false;
        set(true);
      };
      button.onclick = async () => {
        let ul = li.querySelector(":scope > ul");
        if (ul && !ul.hidden) {
          ul.hidden = true;
          set(false);
          delete opened[key];
        } else {
          if (!ul) {
            const items = find(await (file ??= load("no-cache")).catch(() => {}), li);
            // A page that is older or newer than the file.
            if (!items) return location.assign(li.firstChild.href);
            li.append((ul = list(items)));
            opened[key] = items;
            addBranches();
          }
          put(ul);
        }
        remember();
      };
      set(li.matches(".open"));
      li.firstChild.after(button);
      if (li.matches(".branch") && opened[key]) {
        known.push([li, key]);
        li.append(list(opened[key]));
      }
      const ul = li.querySelector(":scope > ul");
      if (ul) put(ul);
    }
    if (sidebar.querySelector("li:is(.branch, .open):not(:has(> button))")) addBranches();
  };
  const mend = (all) => {
    for (const [li, key] of known) {
      const items = find(all, li), ul = li.lastChild, text = JSON.stringify(items);
      if (!opened[key] || text === JSON.stringify(opened[key]) || ul.contains(document.activeElement)) continue;
      if (items) {
        opened[key] = items;
        ul.replaceWith(list(items));
        li.lastChild.id = ul.id;
        addBranches();
      } else {
        ul.previousSibling.click();
        ul.remove();
      }
    }
    remember();
  };
  if (sidebar) {
    addBranches();
    // As often as the site's server lets it be kept: until then the browser has it.
    if (known[0]) load().then(mend, () => {});
    document.addEventListener("handbook:swap", addBranches);
    const current = sidebar.querySelector("[aria-current=page]");
    sidebar.scrollTop = stored("sessionStorage", "handbook-sidebar") || 0;
    show(sidebar, current);
    // In the drawer nothing else can be reached: what is inert again would not take the focus back.
    const hold = (open) => {
      for (const other of document.querySelectorAll("body > :not(.spread), .spread > :not(.sidebar)")) other.inert = open;
    };
    sidebar.addEventListener("beforetoggle", ({ newState }) => { if (newState === "closed") hold(false); });
    sidebar.addEventListener("toggle", ({ newState }) => {
      if (newState === "closed") return;
      hold(true);
      sidebar.querySelector(".close")?.focus();
      show(sidebar, current);
    });
    addEventListener("pagehide", () => {
      stored("sessionStorage", "handbook-sidebar", String(sidebar.scrollTop));
      if (sidebar.matches(":popover-open")) sidebar.hidePopover();
    });
    matchMedia("(min-width: 52em)").onchange = () => {
      if (sidebar.matches(":popover-open")) sidebar.hidePopover();
    };
  }

  // Where a browser knows no speculation rules, pages are fetched when a pointer, a finger or the focus comes to their links.
  if (!HTMLScriptElement.supports?.("speculationrules") && !navigator.connection?.saveData) {
    const base = one(".home")?.pathname, seen = new Set([location.pathname]);
    for (const sign of ["mouseover", "touchstart", "focusin"]) addEventListener(sign, ({ target }) => {
      const a = target.closest?.("a[href]");
      if (!a || a.origin !== location.origin || !a.pathname.startsWith(base) || !a.pathname.endsWith("/") || seen.has(a.pathname)) return;
      seen.add(a.pathname);
      const link = document.createElement("link");
      link.rel = "prefetch";
      link.href = a.pathname;
      document.head.append(link);
    }, { passive: true });
  }

  const toc = one(".toc");
  if (toc && window.IntersectionObserver) {
    const links = new Map(), fold = toc.querySelector("details"), list = toc.querySelector("ul");
    addEventListener("click", ({ target }) => { if (target.closest("a") || !fold.contains(target)) fold.open = false; });
    fold.onkeydown = ({ key }) => {
      if (key !== "Escape") return;
      fold.open = false;
      fold.firstChild.focus();
    };
    fold.ontoggle = () => show(list, now);
    for (const a of toc.querySelectorAll("a")) {
      const heading = document.getElementById(a.getAttribute("href").slice(1));
      if (heading) links.set(heading, a);
    }
    let now;
    // A heading is passed when it leaves the upper third of the window upward, be it in one leap.
    const seen = new IntersectionObserver(() => {
      let last;
      for (const [heading, a] of links) if (heading.getBoundingClientRect().top < innerHeight / 3) last = a;
      if (last === now) return;
      now?.removeAttribute("aria-current");
      (now = last)?.setAttribute("aria-current", "location");
      fold.firstChild.dataset.now = now?.textContent ?? "";
      show(toc, now);
    }, { rootMargin: "999999px 0px -66% 0px" });
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
    const said = one(".said");
    addEventListener("click", async ({ target }) => {
      if (!said || !target.matches?.(".anchor")) return;
      said.textContent = await navigator.clipboard.writeText(target.href).then(() => said.dataset.copied, () => "");
      setTimeout(() => said.replaceChildren(), 2000);
    });
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
    const like = each(box, (tab) => tab).find((tab) => tab.textContent === chosen.textContent);
    const on = tab === (box.contains(chosen) ? chosen : like);
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

  addEventListener("click", ({ target }) => {
    if (!target.matches?.(".announcement > button")) return;
    stored("localStorage", "handbook-announcement", target.parentNode.dataset.key);
    target.parentNode.remove();
  });

  // The page as Markdown, for people who hand it to a program.
  addEventListener("click", async ({ target }) => {
    if (!target.matches?.(".provenance button")) return;
    const words = target.textContent, { copied, failed } = target.dataset;
    if (words === copied || words === failed) return;
    const text = fetch(target.previousElementSibling.href).then((answer) => (answer.ok ? answer.text() : Promise.reject()));
    target.textContent = await text.then((text) => navigator.clipboard.writeText(text)).then(() => copied, () => failed);
    setTimeout(() => (target.textContent = words), 2000);
  });

  // Came to its end; else the page shows all that it would have hidden.
  root.classList.add("ran");
})();
