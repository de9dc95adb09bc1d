// Keeps an open page of the preview up to date: asks for it again when something changed and puts in what differs, so
// that scroll position, open folds, focus and selection stay. Shows the page's mistakes in a panel.
(() => {
  "use strict";

  // The page as the server sent it last, and where on the screen its nodes are. The next page is compared with `sent`,
  // not with the screen, and only what differs is done to both. So whatever visitors, scripts and extensions have
  // changed on the screen stays as it is: it differs from nothing.
  let sent = null, lost = false;
  const screen = new WeakMap();

  const shown = node => {
    // A script put something else in its place. What changed in there needs a page that is loaded afresh.
    if (!screen.has(node)) lost = true;
    return screen.get(node);
  };

  function pair(node, live) {
    screen.set(node, live);
    const nodes = [...node.childNodes], lives = [...live.childNodes];
    const alike = nodes.length === lives.length && nodes.every((child, i) => child.nodeName === lives[i].nodeName);
    const partners = alike ? nodes.keys() : match(lives, nodes);
    [...partners].forEach((i, j) => { if (i !== undefined) pair(nodes[j], lives[i]); });
  }

  // For each of `wants`, the index of the node in `olds` that it was: an equal one, else one that is known by its ids or by
  // how its text begins or ends, else one of its kind that stands at its place.
  const keys = [
    node => node.outerHTML,
    node => node.id,
    node => [...node.querySelectorAll("[id]")].map(inner => inner.id).sort().join(" "),
    node => node.textContent.trim().slice(0, 24),
    node => node.textContent.trim().slice(-24),
  ].map(key => node => { const known = node.nodeType === 1 && key(node); return known && node.nodeName + " " + known; });
  function match(olds, wants) {
    const partners = Array(wants.length), taken = new Set();
    const take = (i, j) => { partners[j] = i; taken.add(i); };
    let start = 0, ends = [olds.length, wants.length];
    for (; start < Math.min(...ends) && olds[start].isEqualNode(wants[start]); start++) take(start, start);
    for (; start < Math.min(...ends) && olds[ends[0] - 1].isEqualNode(wants[ends[1] - 1]); ends = ends.map(end => end - 1)) take(ends[0] - 1, ends[1] - 1);
    for (const key of keys) {
      const known = new Map();
      for (let i = start; i < ends[0]; i++) {
        const k = !taken.has(i) && key(olds[i]);
        if (k) known.has(k) ? known.get(k).push(i) : known.set(k, [i]);
      }
      for (let j = start; known.size && j < ends[1]; j++) {
        const i = partners[j] === undefined ? known.get(key(wants[j]))?.shift() : undefined;
        if (i !== undefined) take(i, j);
      }
    }
    let last = start - 1;
    for (let j = start; j < ends[1]; j++) {
      if (partners[j] === undefined) {
        let i = last + 1;
        while (i < ends[0] && !taken.has(i) && !mendable(olds[i], wants[j])) i++;
        if (i < ends[0] && !taken.has(i)) take(i, j);
      }
      last = partners[j] ?? last;
    }
    return partners;
  }

  // Media do not notice new sources, so they are replaced.
  const mendable = (old, want) => old.nodeName === want.nodeName && !/^(audio|video|object)$/i.test(old.nodeName);

  function morph(old, want) {
    if (old.isEqualNode(want)) return;
    if (old.nodeType === 1) { attributes(old, want); children(old, want); return; }
    old.nodeValue = want.nodeValue;
    const live = shown(old);
    if (live) live.nodeValue = want.nodeValue;
  }

  function attributes(old, want) {
    for (const { name } of [...old.attributes])
      if (!want.hasAttribute(name)) { old.removeAttribute(name); shown(old)?.removeAttribute(name); }
    for (const { namespaceURI, name, value } of want.attributes) {
      if (old.getAttribute(name) === value) continue;
      old.setAttributeNS(namespaceURI, name, value);
      if (old.nodeName === "LINK" && old.rel === "stylesheet" && name === "href") restyle(old, value);
      else shown(old)?.setAttributeNS(namespaceURI, name, value);
    }
  }

  function children(old, want) {
    const olds = [...old.childNodes], wants = [...want.childNodes];
    const partners = match(olds, wants), stay = new Set(partners);
    olds.forEach((node, i) => { if (!stay.has(i)) { shown(node)?.remove(); node.remove(); } });
    let at = old.firstChild;
    wants.forEach((node, j) => {
      const known = olds[partners[j]];
      if (known && known === at) at = at.nextSibling;
      else if (known) { old.insertBefore(known, at); show(old, shown(known), at); }
      else {
        const copy = old.insertBefore(sent.importNode(node, true), at), live = document.importNode(node, true);
        pair(copy, live);
        show(old, live, at);
      }
      if (known) morph(known, node);
    });
  }

  // Puts a node on the screen before the one that is to follow it. A move keeps focus and frames where browsers can.
  function show(parent, live, before) {
    const box = shown(parent);
    while (before && screen.get(before)?.parentNode !== box) before = before.nextSibling;
    const next = before ? screen.get(before) : null;
    if (box && live?.isConnected && box.moveBefore) box.moveBefore(live, next);
    else if (box && live) box.insertBefore(live, next);
  }

  // A style sheet goes only when the new one is there: no flash.
  const leaving = new WeakMap();
  function restyle(old, href) {
    const before = shown(old), link = before?.cloneNode();
    if (!link) return;
    link.href = href;
    leaving.set(link, [...(leaving.get(before) || []), before]);
    link.onload = () => leaving.get(link).forEach(sheet => sheet.remove());
    before.after(link);
    screen.set(old, link);
  }

  // Files keep their address when they change, so pages do not tell. Without `files`, any picture may have changed.
  function reload(files, stays) {
    const again = address => {
      const url = new URL(address, location);
      url.searchParams.set("changed", Date.now());
      return url.pathname + url.search + url.hash;
    };
    const fresh = address => {
      const url = new URL(address, location);
      const changed = !files || files.some(file => new URL(file, location).pathname === url.pathname);
      return changed && url.origin === location.origin ? again(address) : address;
    };
    for (const node of document.querySelectorAll(files ? "img, source, video, audio, object, embed, iframe" : "img, picture source"))
      for (const name of ["src", "srcset", "poster", "data"]) {
        const value = node.getAttribute(name);
        const now = value && (name === "srcset" ? value.replace(/(^|,\s+)([^\s,]+)/g, (_, space, url) => space + fresh(url)) : fresh(value));
        if (now !== value) node.setAttribute(name, now);
      }
    // A style sheet that no page names, because another one imports it.
    if (stays && files?.some(file => file.endsWith(".css")))
      for (const sheet of sent.querySelectorAll("link[rel=stylesheet]")) restyle(sheet, again(sheet.getAttribute("href")));
  }

  const first = document.currentScript.dataset.page;
  const scripts = page => [...page.querySelectorAll("script[src]")].map(script => script.getAttribute("src")).join();
  let text = null, info = null, busy = false, waiting;

  async function refresh(files) {
    if (busy) { waiting = waiting === undefined ? files : waiting && files && [...waiting, ...files]; return; }
    busy = true;
    const event = performance.now();
    try {
      const address = "/_handbook/page?path=" + encodeURIComponent(location.pathname);
      const next = await fetch(address, { cache: "no-store" }).then(answer => answer.json()).catch(() => null);
      // The server is away. When it is back, everything may have changed.
      if (!next) { heard = null; return; }
      const fetched = performance.now();
      // What is gone stays on the screen as it was last.
      const stays = next.html === text || (!next.ok && info?.ok);
      if (!stays && !put(next.html)) { location.reload(); return; }
      info = { ...next, html: null, generation: null, ok: next.ok || Boolean(info?.ok) };
      if (!files || files.length) reload(files, stays);
      panel();
      document.dispatchEvent(new CustomEvent("handbook:swap", { detail: { event, fetched, swapped: performance.now() } }));
    } finally {
      busy = false;
      if (waiting !== undefined) { const files = waiting; waiting = undefined; refresh(files); }
    }
  }

  // Whether the page on the screen could be made like this one.
  function put(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!sent) {
      // It may have been saved since the browser got it.
      if (page.querySelector("script[data-page]").dataset.page !== first) return false;
      pair((sent = page).documentElement, document.documentElement);
    } else if (scripts(sent) !== scripts(page)) return false;
    else morph(sent.documentElement, page.documentElement);
    text = html;
    return !lost;
  }

  // The panel, in a shadow tree so that the theme's styles and its own do not meet.
  const style = `:host{all:initial}
  section{position:fixed;z-index:2147483000;right:12px;bottom:12px;max-width:min(30rem,calc(100vw - 24px));max-height:60vh;overflow:auto;
    font:14px/1.45 system-ui,sans-serif;color:#1c1b19;background:#fffdf8;border:1px solid #c9c4b8;border-radius:8px;box-shadow:0 6px 24px #0003}
  header{display:flex;gap:10px;align-items:center;padding:6px 12px;position:sticky;top:0;background:inherit}
  a,button{font:inherit;color:#12645a;background:none;border:0;padding:2px 0;cursor:pointer;text-decoration:underline}
  header a,header button{color:#57534a} header b{flex:1;font-weight:600} b.bad{color:#a32f2b}
  article{padding:8px 12px;border-top:1px solid #e6e1d5} p{margin:2px 0;overflow-wrap:anywhere}
  code,pre{font:12px/1.5 ui-monospace,monospace} pre{margin:4px 0;overflow-x:auto;color:#57534a} .hint{color:#2f6b34} .old{opacity:.75}
  .warning code.c{color:#855200} .error code.c{color:#a32f2b}
  @media(prefers-color-scheme:dark){section{color:#e8e5de;background:#242625;border-color:#4a4c4a}a,button{color:#7fc8b9}
    header a,header button,pre{color:#b5b1a8}article{border-color:#3a3c3a}b.bad,.error code.c{color:#f0968d}.warning code.c{color:#dfae5c}.hint{color:#8cc68d}}
  @media print{section{display:none}}`;
  const marking = new CSSStyleSheet();
  marking.replaceSync(`[data-handbook-mark]{outline:2px dashed #b87a12}[data-handbook-mark=error]{outline-color:#c8443f}`);
  document.adoptedStyleSheets.push(marking);

  const make = (name, props, ...inner) => { const node = Object.assign(document.createElement(name), props); node.append(...inner.filter(x => x !== null)); return node; };
  const ticked = (text, className = "") => make("p", { className }, ...text.split("`").map((part, n) => n % 2 ? make("code", {}, part) : part));
  const choice = name => { try { return localStorage["handbook-" + name] === "1"; } catch { return false; } };
  const choose = (name, value) => { try { localStorage["handbook-" + name] = value ? "1" : "0"; } catch { /* Not remembered, then. */ } panel(); };
  const link = (href, text) => make("a", { href }, text);

  function mistake(d) {
    const find = () => [...marked.keys()].find(node => d.href && addresses(node).includes(d.href));
    return make("article", { className: d.severity + (d.old ? " old" : "") },
      make("p", {}, make("code", { className: "c" }, d.code), " ", link(d.edit, d.file + (d.line ? ":" + d.line : "")), " ",
        find() ? make("button", { onclick: () => find()?.scrollIntoView({ block: "center" }) }, "show") : null),
      ticked(d.message),
      d.source ? make("pre", {}, d.source) : null,
      ...d.hints.map(hint => ticked(hint, "hint")));
  }

  // As a shell reads it.
  const word = path => /^[\p{L}\p{N}/._][\p{L}\p{N}/._+:@%=,-]*$/u.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

  function gone() {
    const { moved } = info;
    return make("article", { id: "gone" },
      moved ? make("p", {}, "This page is now at ", link(moved.url, moved.to || decodeURI(moved.url)), ".")
        : make("p", {}, "This page is gone. What you see is how it was last."),
      moved?.from ? make("p", {}, "To repair the links to it: ", make("code", {}, `handbook mv --already-moved ${word(moved.from)} ${word(moved.to)}`)) : null);
  }

  let host = null, panelled = "", broken = false;
  function panel() {
    // The page that lists all mistakes needs no panel for its own.
    if (!info || (info.own && !broken)) { host?.remove(); return; }
    const list = info.fault ? [info.fault, ...info.diagnostics] : info.diagnostics;
    mark(list);
    const all = choice("old"), folded = choice("folded");
    const state = JSON.stringify([info, all, folded, broken, marked.size]);
    if (host?.isConnected && state === panelled) return;
    panelled = state;
    if (!host) (host = make("handbook-panel", {})).attachShadow({ mode: "open" });
    if (!host.isConnected) document.body.append(host);
    const fresh = list.filter(d => !d.old), old = list.filter(d => d.old);
    const parts = [
      broken ? make("article", {}, make("p", {}, "The preview has stopped. It goes on here when it is started again.")) : null,
      info.gone && info.ok ? gone() : null,
      ...(all ? [...fresh, ...old] : fresh).map(mistake),
    ].filter(part => part);
    const title = info.new ? info.new + " new" : fresh.length ? fresh.length + " here" : info.total ? "Nothing new" : "All well";
    const header = make("header", {},
      make("b", { className: info.new || fresh.length || broken ? "bad" : "" }, broken ? "Stopped" : title),
      old.length ? make("button", { onclick: () => choose("old", !all) }, all ? "hide old" : old.length + " old") : null,
      info.total ? link("/_handbook/diagnostics", "all") : null,
      info.edit ? link(info.edit, "edit source") : null,
      parts.length ? make("button", { onclick: () => choose("folded", !folded), ariaExpanded: String(!folded) }, folded ? "show" : "fold") : null);
    const section = make("section", { role: "region", ariaLabel: "Preview" }, header, ...(folded ? [] : parts));
    const before = host.shadowRoot.querySelector("section");
    const focus = before ? [...before.querySelectorAll("header button")].indexOf(host.shadowRoot.activeElement) : -1;
    const scrolled = before?.scrollTop || 0;
    host.shadowRoot.replaceChildren(make("style", {}, style), section);
    section.scrollTop = scrolled;
    header.querySelectorAll("button")[focus]?.focus();
  }

  // At the link itself, where there is one. What was marked gets back the title that it had.
  const marked = new Map();
  const addresses = node => ["href", "src", "data"].map(name => node.getAttribute(name)).filter(value => value !== null);
  function mark(list) {
    for (const [node, title] of marked) { node.removeAttribute("data-handbook-mark"); title === null ? node.removeAttribute("title") : (node.title = title); }
    marked.clear();
    const wrong = new Map(list.filter(d => d.href).map(d => [d.href, d]));
    for (const node of wrong.size ? (document.querySelector("main") || document.body).querySelectorAll("[href], [src], [data]") : []) {
      const d = addresses(node).map(address => wrong.get(address)).find(d => d);
      if (!d) continue;
      marked.set(node, node.getAttribute("title"));
      node.dataset.handbookMark = d.severity;
      node.title = [d.message, ...d.hints].join("\n").replaceAll("`", "");
    }
  }

  // Only a tab that is looked at listens: browsers grant a server six connections, and a seventh tab would never load.
  let events = null, heard;
  function follow() {
    if (events || document.visibilityState === "hidden") return;
    events = new EventSource("/_handbook/events");
    const hear = event => {
      const { run, generation, files } = JSON.parse(event.data);
      const ahead = heard?.run === run ? generation - heard.generation : NaN;
      const opened = heard === undefined;
      heard = { run, generation };
      broken = false;
      if (ahead === 0) panel(); else refresh(opened ? [] : ahead === 1 ? files : null);
    };
    events.addEventListener("hello", hear);
    events.addEventListener("change", hear);
    events.addEventListener("mistakes", hear);
    events.addEventListener("error", () => {
      broken = true;
      panel();
      if (events?.readyState === EventSource.CLOSED) { rest(); setTimeout(follow, 500); }
    });
  }
  function rest() { events?.close(); events = null; }
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" ? rest() : follow());
  addEventListener("pagehide", rest);
  addEventListener("pageshow", follow);
  follow();
})();
