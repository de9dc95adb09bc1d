// Keeps an open page of the preview up to date: fetches it again when something changed and puts in what differs,
// so that scroll position, open folds and focus stay. Shows the page's mistakes in a panel.
(() => {
  "use strict";
  let shown = null, run = null, busy = false, again = null, info = null, broken = false;

  // Makes `old` like `fresh` and keeps every node that is the same in both.
  function morph(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh.cloneNode(true)); return; }
    if (old.nodeType !== 1) { if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue; return; }
    if (old.isEqualNode(fresh)) return;
    attributes(old, fresh);
    children(old, fresh);
  }

  function attributes(old, fresh) {
    const state = { DETAILS: ["open"], HTML: ["class", "data-theme", "style"], DIALOG: ["open"] }[old.nodeName] || [];
    for (const { name } of [...old.attributes])
      if (!fresh.hasAttribute(name) && !state.includes(name) && !name.startsWith("data-handbook-")) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes)
      if (!state.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }

  const key = node => node.nodeType === 1 && (node.id || (node.nodeName === "LINK" && node.rel + node.href.split("?")[0])) || null;

  function children(old, fresh) {
    const byKey = new Map();
    for (const node of old.childNodes) { const k = key(node); if (k) byKey.set(k, node); }
    let at = old.firstChild;
    const skip = () => { while (at && at.nodeName === "HANDBOOK-PANEL") at = at.nextSibling; };
    for (const want of [...fresh.childNodes]) {
      skip();
      const k = key(want);
      const known = k && byKey.get(k);
      if (known && known.nodeName === want.nodeName) {
        if (known === at) at = at.nextSibling; else old.insertBefore(known, at);
        byKey.delete(k);
        morph(known, want);
      } else if (at && !k && !key(at) && at.nodeName === want.nodeName && (at.isEqualNode(want) || alike(at, want))) {
        const next = at.nextSibling;
        morph(at, want);
        at = next;
      } else {
        // The same node further on: what lies between has gone.
        let ahead = at;
        for (let n = 0; ahead && n < 8 && !ahead.isEqualNode(want); n++) ahead = ahead.nextSibling;
        if (ahead && ahead !== at && ahead.isEqualNode(want) && want.nodeType === 1 && !k) {
          while (at !== ahead) { const next = at.nextSibling; if (!stays(at)) at.remove(); at = next; }
          at = at.nextSibling;
        } else old.insertBefore(document.importNode(want, true), at);
      }
    }
    while (at) { const next = at.nextSibling; if (!stays(at)) at.remove(); at = next; }
  }

  const stays = node => node.nodeName === "HANDBOOK-PANEL";
  // Two paragraphs that differ are one that was edited, unless the one in hand stands unchanged further on.
  function alike(at, want) {
    if (at.nodeType !== 1) return true;
    for (let n = 0, next = want.nextElementSibling; next && n < 4; n++, next = next.nextElementSibling)
      if (next.isEqualNode(at)) return false;
    return true;
  }

  // A style sheet is replaced only when the new one is there: no flash.
  function styles(fresh) {
    for (const want of fresh.querySelectorAll('link[rel="stylesheet"]')) {
      const path = want.getAttribute("href").split("?")[0];
      const old = [...document.querySelectorAll('link[rel="stylesheet"]')].find(l => l.getAttribute("href").split("?")[0] === path);
      if (!old || old.getAttribute("href") === want.getAttribute("href")) continue;
      const link = old.cloneNode();
      link.href = want.getAttribute("href");
      link.addEventListener("load", () => old.remove());
      old.after(link);
      want.setAttribute("href", old.getAttribute("href"));
    }
  }

  function pictures(files) {
    for (const file of files)
      for (const node of document.querySelectorAll("img[src], source[srcset], video[src], video[poster], object[data]"))
        for (const name of ["src", "srcset", "poster", "data"]) {
          const value = node.getAttribute(name);
          if (value && value.split("?")[0] === file) node.setAttribute(name, file + "?changed=" + Date.now());
        }
  }

  async function refresh(files = []) {
    if (busy) { again = [...(again || []), ...files]; return; }
    busy = true;
    try {
      const [answer, mistakes] = await Promise.all([
        fetch(location.pathname, { cache: "no-cache" }),
        fetch("/_handbook/page?path=" + encodeURIComponent(decodeURIComponent(location.pathname)), { cache: "no-cache" }),
      ]);
      const text = await answer.text();
      info = await mistakes.json();
      if (answer.ok && !answer.redirected && text !== shown) {
        const fresh = new DOMParser().parseFromString(text, "text/html");
        if (shown !== null) {
          styles(fresh);
          const before = scripts(document), after = scripts(fresh);
          if (before !== after) { location.reload(); return; }
          document.title = fresh.title;
          morph(document.documentElement, fresh.documentElement);
          document.dispatchEvent(new CustomEvent("handbook:swap"));
        }
        shown = text;
      }
      pictures(files);
      panel();
    } catch { /* The server is away; the event stream comes back when it does. */ }
    finally {
      busy = false;
      if (again) { const files = again; again = null; refresh(files); }
    }
  }

  const scripts = doc => [...doc.querySelectorAll("script[src]")].map(s => s.getAttribute("src")).join();

  // The panel, in a shadow tree so that the theme's styles and its own do not meet.
  const style = `:host{all:initial}
  section{position:fixed;z-index:2147483000;right:12px;bottom:12px;max-width:min(30rem,calc(100vw - 24px));max-height:60vh;overflow:auto;
    font:14px/1.45 system-ui,sans-serif;color:#1c1b19;background:#fffdf8;border:1px solid #c9c4b8;border-radius:8px;box-shadow:0 6px 24px #0003}
  header{display:flex;gap:10px;align-items:center;padding:6px 12px;position:sticky;top:0;background:inherit}
  header a,header button{font:inherit;color:#57534a;background:none;border:0;padding:2px 0;cursor:pointer;text-decoration:underline}
  header b{flex:1;font-weight:600}
  b.bad{color:#a32f2b} article{padding:8px 12px;border-top:1px solid #e6e1d5} p{margin:2px 0;overflow-wrap:anywhere}
  code,pre{font:12px/1.5 ui-monospace,monospace} pre{margin:4px 0;overflow-x:auto;color:#57534a} .hint{color:#2f6b34} .old{opacity:.7}
  .warning code.c{color:#855200} .error code.c{color:#a32f2b} a{color:#12645a}
  @media(prefers-color-scheme:dark){section{color:#e8e5de;background:#242625;border-color:#4a4c4a}header a,header button,pre{color:#b5b1a8}
    article{border-color:#3a3c3a}b.bad,.error code.c{color:#f0968d}.warning code.c{color:#dfae5c}.hint{color:#8cc68d}a{color:#7fc8b9}}`;
  let host = null;

  const make = (name, props = {}, ...inner) => { const node = Object.assign(document.createElement(name), props); node.append(...inner.filter(x => x !== null)); return node; };
  const ticked = (name, text, cls) => {
    const node = make(name, { className: cls || "" });
    text.split("`").forEach((part, n) => node.append(n % 2 ? make("code", {}, part) : part));
    return node;
  };
  const stored = (name, value) => { try { if (value !== undefined) sessionStorage[name] = value; return sessionStorage[name]; } catch { return value; } };

  function mistake(d) {
    return make("article", { className: d.severity + (d.old ? " old" : "") },
      make("p", {}, make("code", { className: "c" }, d.code), " ", make("a", { href: d.edit }, d.file + (d.line ? ":" + d.line : ""))),
      ticked("p", d.message),
      d.source ? make("pre", {}, d.source) : null,
      ...d.hints.map(hint => ticked("p", hint, "hint")));
  }

  function panel() {
    if (!host || !host.isConnected) {
      host = make("handbook-panel");
      host.attachShadow({ mode: "open" });
      document.body.append(host);
    }
    const list = info.diagnostics.slice();
    if (info.fault) list.unshift(info.fault);
    const fresh = list.filter(d => !d.old), old = list.filter(d => d.old);
    const all = stored("handbook-old") === "1";
    const folded = stored("handbook-folded") === "1";
    const parts = [];
    if (broken) parts.push(make("article", {}, make("p", {}, "The preview has stopped. It goes on here when it is started again.")));
    if (info.gone && !document.body.hasAttribute("data-handbook-own") && shown !== null && info.moved) {
      parts.push(make("article", { id: "gone" },
        make("p", {}, "This page was renamed: ", make("a", { href: info.moved.url }, info.moved.to), "."),
        make("p", {}, "To repair the links to it: ", make("code", {}, `handbook mv --already-moved ${info.moved.from} ${info.moved.to}`))));
    } else if (info.gone && !document.body.hasAttribute("data-handbook-own"))
      parts.push(make("article", { id: "gone" }, make("p", {}, "This page is gone. What you see is how it was last.")));
    parts.push(...fresh.map(mistake));
    if (all) parts.push(...old.map(mistake));
    const title = info.new ? `${info.new} new` : list.length ? `${list.length} on this page` : info.total ? `${info.total} in all` : "All well";
    const header = make("header", {},
      make("b", { className: info.new || fresh.length ? "bad" : "" }, title),
      old.length ? make("button", { onclick: () => { stored("handbook-old", all ? "0" : "1"); panel(); } }, all ? "hide old" : `${old.length} old`) : null,
      info.total ? make("a", { href: "/_handbook/diagnostics" }, "all") : null,
      info.edit ? make("a", { href: info.edit }, "edit source") : null,
      parts.length ? make("button", { onclick: () => { stored("handbook-folded", folded ? "0" : "1"); panel(); } }, folded ? "show" : "fold") : null);
    const section = make("section", { role: "region", ariaLabel: "Preview" }, header, ...(folded ? [] : parts));
    host.shadowRoot.replaceChildren(make("style", {}, style), section);
    marks(list);
  }

  // At the link itself, where there is one.
  function marks(list) {
    for (const node of document.querySelectorAll("[data-handbook-mark]")) { node.style.outline = ""; node.removeAttribute("data-handbook-mark"); if (node.title) node.removeAttribute("title"); }
    for (const d of list) {
      if (!d.href) continue;
      for (const node of document.querySelectorAll("main a[href], main img[src], main [data]"))
        if ([node.getAttribute("href"), node.getAttribute("src"), node.getAttribute("data")].includes(d.href)) {
          node.setAttribute("data-handbook-mark", d.severity);
          node.title = [d.message, ...d.hints].join("\n");
          node.style.outline = "2px dashed " + (d.severity === "error" ? "#c8443f" : "#b87a12");
        }
    }
  }

  function follow() {
    const events = new EventSource("/_handbook/events");
    events.addEventListener("hello", event => {
      const { run: now } = JSON.parse(event.data);
      run = now;
      broken = false;
      refresh();
    });
    events.addEventListener("change", event => refresh(JSON.parse(event.data).files));
    events.addEventListener("error", () => {
      if (!broken && info) { broken = true; panel(); }
      if (events.readyState === EventSource.CLOSED) setTimeout(follow, 500);
    });
  }

  fetch(location.pathname, { cache: "no-cache" }).then(a => a.text()).then(text => { shown = text; }).catch(() => {}).finally(follow);
})();
