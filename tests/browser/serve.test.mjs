// What a writer sees in the browser while `handbook serve` runs: every save, without losing their place.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { build, folder, freePort, launch, serve } from "./preview.js";

const long = (word) => Array.from({ length: 40 }, (_, n) => `Paragraph ${n} is here so that the page is ${word}.`).join("\n\n");

const PIXEL = (width) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20"><rect width="${width}" height="20" fill="teal"/></svg>\n`;

const SITE = {
  "handbook.toml": 'title = "Ours"\ntheme = "ours"\n',
  "themes/ours/theme.toml": "",
  "themes/ours/static/ours.css": "h1 { color: rgb(1, 2, 3) }\n",
  "themes/ours/templates/base.html": "",
  "content/index.md": "# Ours\n\nSee [work](work.md) and [rest](rest.md).\n\n![A bar](bar.svg)\n",
  "content/bar.svg": PIXEL(30),
  "content/work.md": `---
title: Work
---

The first words.

<details><summary>More of it</summary>

Folded away.

</details>

<input id="field" value="server"> and [a link](rest.md) to follow.

## Hours

${long("long")}

## Places

| who | where |
| --- | --- |
| Ann | Aachen |
| Bob | Bonn |

\`\`\`rust
let answer = 42;
\`\`\`

<script>window.ran = (window.ran ?? 0) + 1;</script>

The last words.
`,
  "content/rest.md": "---\ntitle: Rest\n---\n\nSleep well.\n",
  "content/old.md": "---\ntitle: Old\n---\n\nWrong [since](nowhere.md) long ago.\n",
};

let browser, site, server, page, errors;

before(async () => { browser = await launch(); });
after(() => browser.close());

beforeEach(async () => {
  site = folder(SITE);
  site.copy("themes/default/templates/base.html", "themes/ours/templates/base.html");
  site.edit("themes/ours/templates/base.html", "{%- endblock head %}", '<link rel="stylesheet" href="{{ url(path="/ours.css") }}">\n{%- endblock head %}');
  server = await serve(site.dir, await freePort());
  errors = [];
  page = await open("/work/");
});

afterEach(async () => {
  await page.context().close();
  await server.stop();
  site.close();
  assert.deepEqual(errors, [], "nothing went wrong in the browser");
});

/** A tab that will say if it is ever loaded again. */
async function open(path, context) {
  const page = await (context ?? (await browser.newContext({ viewport: { width: 1300, height: 600 } }))).newPage();
  page.setDefaultTimeout(5000);
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  await page.goto(server.origin + path);
  await page.evaluate(() => { window.still = true; });
  // Before it follows changes, a page that was saved meanwhile is loaded again.
  await page.waitForFunction(() => document.querySelector("handbook-panel") || location.pathname === "/_handbook/diagnostics");
  return page;
}

/** A page that is opened before the server knows of an edit is loaded again when it does. */
async function serves(path, text) {
  while (!(await (await fetch(server.origin + path)).text()).includes(text)) await new Promise((go) => setTimeout(go, 20));
}

const says = (text, tab = page) => tab.waitForFunction((text) => document.querySelector("main").textContent.includes(text), text);
const panelSays = (text, tab = page) => tab.waitForFunction((text) => document.querySelector("handbook-panel")?.shadowRoot.querySelector("section").textContent.includes(text), text);
const panelLacks = (text, tab = page) => tab.waitForFunction((text) => document.querySelector("handbook-panel")?.shadowRoot.querySelector("section").textContent.includes(text) === false, text);
const inPanel = (selector) => page.locator(`handbook-panel ${selector}`);
const still = async (tab = page) => assert.ok(await tab.evaluate(() => window.still), "the page was not loaded again");

/** The page on the screen is the page that the server sends, but for what the panel adds and scripts of the theme do. */
async function same(tab = page) {
  const [shown, sent] = await tab.evaluate(async () => {
    const html = await (await fetch(location.pathname)).text();
    const plain = (root) => {
      root.querySelectorAll("handbook-panel, .copy:has(+ .code), .sidebar li > button").forEach((node) => node.remove());
      root.querySelectorAll("[id^='hb:branch-']").forEach((node) => node.removeAttribute("id"));
      for (const node of [root, ...root.querySelectorAll("*")])
        for (const name of ["aria-current", "data-handbook-mark", "data-now", "title", "aria-label", "open", "data-theme", "class"].slice(0, node === root ? 8 : 7)) node.removeAttribute(name);
      root.querySelectorAll("[src*='changed=']").forEach((node) => node.setAttribute("src", node.getAttribute("src").split("?")[0]));
      // A node that was kept has its attributes in another order.
      for (const node of root.querySelectorAll("*"))
        for (const { name, value } of [...node.attributes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
          node.removeAttribute(name);
          node.setAttribute(name, value);
        }
      root.normalize();
      return root.outerHTML.split("\n");
    };
    return [document.documentElement.cloneNode(true), new DOMParser().parseFromString(html, "text/html").documentElement].map(plain);
  });
  const at = shown.findIndex((line, n) => line !== sent[n]);
  assert.equal(shown[at], sent[at], `line ${at + 1}`);
  assert.equal(shown.length, sent.length);
}

describe("a saved edit", () => {
  test("is on the page, which keeps its place, its folds, its focus and its colours", async () => {
    await page.locator("details summary", { hasText: "More of it" }).click();
    await page.locator("button.theme").click();
    await page.locator("button.theme").click();
    await page.locator("#field").fill("typed");
    await page.locator("#field").focus();
    await page.evaluate(() => {
      scrollTo(0, 700);
      const text = [...document.querySelectorAll("main p")].find((p) => p.textContent.startsWith("Paragraph 9")).firstChild;
      getSelection().setBaseAndExtent(text, 2, text, 11);
    });
    const state = () => page.evaluate(() => ({
      scroll: scrollY,
      open: [...document.querySelectorAll("article details")].map((d) => d.open),
      typed: document.querySelector("#field").value,
      focus: document.activeElement.id,
      theme: document.documentElement.dataset.theme,
      label: document.querySelector("button.theme").title,
      js: document.documentElement.className,
      selected: String(getSelection()),
      ran: window.ran,
    }));
    const before = await state();
    assert.deepEqual({ ...before, scroll: before.scroll > 0 }, {
      scroll: true, open: [true], typed: "typed", focus: "field", theme: "dark", label: "Colours: dark", js: "js ran", selected: "ragraph 9", ran: 1,
    });
    site.edit("content/work.md", "The last words.", "The very last words.");
    await says("very last");
    site.edit("content/work.md", "The first words.", "The *first* words.");
    await page.waitForSelector("article em");
    site.save("content/work.md", site.read("content/work.md").replace("| Bob |", "| Bert |"));
    await says("Bert");
    assert.deepEqual(await state(), before);
    await still();
    await same();
  });

  test("leaves the chosen tab open, also beside one that has come or gone", async () => {
    const tabs = (...labels) => `---\ntitle: Rest\n---\n\n<Tabs>\n${labels.map((l) => `<Tab label="${l}">\n\nAbout ${l}.\n\n</Tab>\n`).join("")}</Tabs>\n`;
    site.write("content/rest.md", tabs("One", "Two", "Three"));
    await serves("/rest/", "About Three");
    const rest = await open("/rest/", page.context());
    const shown = () => rest.evaluate(() => [...document.querySelectorAll(".tab")].filter((panel) => !panel.hidden).map((panel) => panel.textContent.replace(/\s+/g, " ").trim()));
    await rest.getByRole("tab", { name: "Two" }).click();
    site.write("content/rest.md", tabs("One", "Two", "Three").replace("About Two", "More about Two"));
    await says("More about Two", rest);
    assert.deepEqual(await shown(), ["Two More about Two."]);
    site.write("content/rest.md", tabs("Zero", "One", "Two"));
    await says("About Zero", rest);
    await rest.waitForFunction(() => document.querySelectorAll(".tab[hidden]").length === 2);
    assert.deepEqual(await shown(), ["Two About Two."]);
    assert.deepEqual(await rest.getByRole("tab", { selected: true }).allTextContents(), ["Two"]);
    site.write("content/rest.md", tabs("Zero", "One"));
    await rest.waitForFunction(() => document.querySelectorAll("[role=tab]").length === 2);
    await rest.waitForFunction(() => document.querySelectorAll(".tab[hidden]").length === 1);
    assert.deepEqual(await shown(), ["Zero About Zero."]);
    await still(rest);
  });

  test("of a title is in the title, the contents and the sidebar, on every page", async () => {
    const rest = await open("/rest/", page.context());
    site.edit("content/work.md", "title: Work", "title: Toil");
    await page.waitForFunction(() => document.title === "Toil · Ours");
    for (const tab of [page, rest]) await tab.waitForFunction(() => document.querySelector(".sidebar").textContent.includes("Toil"));
    site.edit("content/work.md", "## Places", "## Where");
    await page.waitForFunction(() => document.querySelector(".toc a[href='#where']") && document.querySelector("h2#where"));
    await still();
    await still(rest);
    await same();
    await same(rest);
  });

  test("of one page leaves other tabs alone", async () => {
    const rest = await open("/rest/", page.context());
    await rest.evaluate(() => {
      window.changes = 0;
      new MutationObserver((list) => { window.changes += list.length; }).observe(document.querySelector("main"), { subtree: true, childList: true, attributes: true, characterData: true });
    });
    site.edit("content/work.md", "first words", "only words");
    await says("only words");
    site.edit("content/rest.md", "Sleep well", "Sleep long");
    await says("Sleep long", rest);
    assert.equal(await rest.evaluate(() => window.changes), 1, "one text");
    await still(rest);
  });

  test("ends on the page however fast they come", async () => {
    const text = site.read("content/work.md");
    for (let n = 1; n <= 50; n += 1) {
      site.write("content/work.md", text.replace("The first words.", `Edit ${n}.\n\n${n % 2 ? "- odd\n" : "> even\n"}`));
      await new Promise((go) => setTimeout(go, n % 7 * 4));
    }
    await says("Edit 50.");
    await page.waitForSelector("article blockquote");
    await still();
    await same();
  });

  test("before the page follows is not missed", async () => {
    for (let n = 0; n < 5; n += 1) {
      const tab = await page.context().newPage();
      await tab.goto(`${server.origin}/rest/`, { waitUntil: "commit" });
      site.write("content/rest.md", `---\ntitle: Rest\n---\n\nNap ${n}.\n`);
      await says(`Nap ${n}.`, tab);
      await tab.close();
    }
  });

  // One edit after the other, each of them a shape that a page can take on.
  const SHAPES = [
    "- one\n- two\n- three\n",
    "- three\n- one\n- two\n",
    "- zero\n- three\n- one\n- two\n- four\n",
    "first\n\n- zero\n- four\n",
    "# A\n\ntext\n\n## B\n\n## C\n",
    "# A\n\n## C\n\nmore\n\n## B\n\ntext\n",
    "new\n\n# A\n\n## B\n\ntext *with* `code` in it\n",
    "new\n\n# A\n\n## B2\n\ntext **with** `code` and more in it\n",
    "| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |\n",
    "| a | b | c |\n| - | - | - |\n| 3 | 4 | 5 |\n| 1 | 2 | 0 |\n| 1 | 2 | 0 |\n",
    "```rust\nlet a = 1;\nlet b = \"two\";\n```\n",
    "```rust\nlet b = \"two\";\n// three\nlet a = 1;\n```\n\n```\nplain <text>\n```\n",
    '<svg viewBox="0 0 9 9" xmlns:xlink="http://www.w3.org/1999/xlink"><circle id="c" r="3"/><use xlink:href="#c"/></svg>\n',
    '<svg viewBox="0 0 8 8" xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="#d"/><rect width="2"/><circle id="d" r="4"/></svg>\n',
    '<div id="x">x</div>\n<p id="y">y</p>\n<div id="z" class="a" hidden>z</div>\n',
    '<div id="z" title="t">z</div>\n<div id="x" class="b">x2</div>\n<div id="y">y</div>\n',
    "- [ ] to do\n- [x] done\n",
    "- [x] to do\n- [ ] done\n",
    "text[^1]\n\n[^1]: note\n",
    "<video src=\"a.mp4\"></video>\n\n<noscript><p>none</p></noscript>\n",
    "> [!NOTE]\n> text\n\nterm\n: meaning\n",
    "",
    "same\n\nsame\n\nsame\n\nother\n\nsame\n",
    "same\n\nother\n\nsame\n\nsame\n",
  ];

  test("of any shape ends as the server sends it, from any other", async () => {
    const shown = async (shape, n) => {
      site.write("content/rest.md", `---\ntitle: Rest\n---\n\n${shape}\n\nShape ${n}.\n`);
      await says(`Shape ${n}.`, tab);
      await same(tab);
    };
    const tab = await open("/rest/", page.context());
    let n = 0;
    for (const shape of [...SHAPES, ...SHAPES.toReversed()]) await shown(shape, (n += 1));
    for (let step = 5; step < SHAPES.length; step += 6)
      for (let at = 0; at < SHAPES.length; at += 1) await shown(SHAPES[(at * step) % SHAPES.length], (n += 1));
    await still(tab);
    errors = errors.filter((error) => !error.includes("404")); // there is no such film
  });

  test("moves what has an id, and does not run scripts again", async () => {
    site.write("content/rest.md", '<input id="a"><input id="b">\n\n<script>window.ran = (window.ran ?? 0) + 1</script>\n');
    await page.goto(`${server.origin}/rest/`);
    await page.waitForSelector("handbook-panel", { state: "attached" });
    await page.locator("#a").fill("typed");
    site.write("content/rest.md", 'Before.\n\n<input id="b"><input id="a">\n\n<script>window.ran = (window.ran ?? 0) + 1; 2</script>\n\n<script>window.ran = 99</script>\n');
    await says("Before.");
    assert.equal(await page.locator("#a").inputValue(), "typed");
    assert.equal(await page.evaluate(() => window.ran), 1);
  });

  test("leaves what a script has added where it is", async () => {
    await page.evaluate(() => {
      document.querySelector("pre").append(Object.assign(document.createElement("button"), { className: "extra", textContent: "Copy" }));
      document.querySelector("table").classList.add("sorted");
    });
    site.edit("content/work.md", "answer = 42", "answer = 43");
    await says("43");
    site.edit("content/work.md", "| Bob | Bonn |", "| Bob | Berlin |");
    await says("Berlin");
    assert.equal(await page.locator("pre button.extra").count(), 1);
    assert.equal(await page.locator("table.sorted").count(), 1);
    await still();
  });
});

describe("mistakes", () => {
  test("are shown as they are made, at the link too, and go when they are mended", async () => {
    assert.equal(await page.locator("[data-handbook-mark]").count(), 0);
    site.edit("content/work.md", "[a link](rest.md)", "[a link](rust.md)");
    await panelSays("broken-link");
    const error = inPanel("article.error");
    assert.equal(await error.locator("code.c").textContent(), "broken-link");
    assert.match(await error.locator("p").nth(1).textContent(), /rust\.md/);
    assert.equal(await error.locator("pre").textContent(), '<input id="field" value="server"> and [a link](rust.md) to follow.');
    assert.match(await error.locator(".hint").first().textContent(), /rest/);
    const link = error.locator("a");
    assert.match(await link.textContent(), /^content\/work\.md:13$/);
    assert.equal(await link.getAttribute("href"), `vscode://file${site.dir}/content/work.md:13:48`);
    assert.equal(await inPanel("header b").textContent(), "1 new");
    const marked = page.locator("[data-handbook-mark=error]");
    assert.equal(await marked.textContent(), "a link");
    assert.match(await marked.getAttribute("title"), /rust\.md/);
    assert.equal(await marked.evaluate((node) => getComputedStyle(node).outlineStyle), "dashed");
    await page.evaluate(() => scrollTo(0, 9999));
    await error.locator("button", { hasText: "show" }).click();
    await page.waitForFunction(() => document.querySelector("[data-handbook-mark]").getBoundingClientRect().top > 0);

    site.edit("content/work.md", "(rust.md)", "(rest.md)");
    await panelLacks("broken-link");
    assert.equal(await page.locator("[data-handbook-mark], main a[title]").count(), 0);
    assert.equal(await inPanel("header b").textContent(), "Nothing new");
    await still();
    await same();
  });

  test("that are old are shown on demand only, and a fold is remembered", async () => {
    await page.goto(`${server.origin}/old/`);
    await panelSays("1 old");
    assert.equal(await inPanel("article").count(), 0);
    await inPanel("header button").filter({ hasText: "1 old" }).click();
    await panelSays("nowhere.md");
    site.edit("content/old.md", "Wrong", "[Fresh](neverwhere.md), and wrong");
    await panelSays("1 new");
    assert.equal(await inPanel("article").count(), 2);
    await inPanel("header button").filter({ hasText: "hide old" }).click();
    assert.equal(await inPanel("article").count(), 1);
    await inPanel("header button").filter({ hasText: "fold" }).click();
    assert.equal(await inPanel("article").count(), 0);
    assert.equal(await inPanel("header b").textContent(), "1 new");
    await page.reload();
    await panelSays("1 new");
    assert.equal(await inPanel("article").count(), 0);
    await inPanel("header button").filter({ hasText: "show" }).press("Enter");
    assert.equal(await inPanel("article").count(), 1);
    assert.equal(await inPanel(":focus").textContent(), "fold");
  });

  test("of all pages are listed by file, live", async () => {
    const list = await open("/_handbook/diagnostics", page.context());
    const counts = () => list.locator("h2").allTextContents();
    assert.deepEqual(await counts(), ["There before: 1"]);
    site.edit("content/work.md", "(rest.md)", "(rust.md)");
    await list.waitForSelector("#new");
    assert.deepEqual(await counts(), ["New since the preview began: 1", "There before: 1"]);
    assert.deepEqual(await list.locator("h3").allTextContents(), ["content/work.md", "content/old.md"]);
    site.edit("content/work.md", "(rust.md)", "(rest.md)");
    site.edit("content/old.md", "(nowhere.md)", "(rest.md)");
    await says("All well.", list);
    await still(list);
    await same(list);
  });

  test("can be reached in the editor from every page", async () => {
    assert.equal(await inPanel("header a", { hasText: "edit source" }).last().getAttribute("href"), `vscode://file${site.dir}/content/work.md:1:1`);
  });
});

describe("the theme", () => {
  test("changes its colours without loading the page again, and without a flash", async () => {
    await page.evaluate(() => {
      window.seen = new Set();
      const look = () => { window.seen.add(getComputedStyle(document.querySelector("h1")).color); requestAnimationFrame(look); };
      look();
    });
    for (const n of [4, 5, 6]) site.write("themes/ours/static/ours.css", `h1 { color: rgb(${n}, 2, 3) }\n`);
    await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).color === "rgb(6, 2, 3)");
    site.write("themes/ours/static/ours.css", "h1 { color: rgb(7, 2, 3) }\n");
    await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).color === "rgb(7, 2, 3)");
    assert.deepEqual((await page.evaluate(() => [...window.seen])).filter((colour) => !/^rgb\([1-7], 2, 3\)$/.test(colour)), []);
    await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 2);
    await still();
    await same();
  });

  test("may be broken: the last good page stays, with the fault on top", async () => {
    const template = site.read("themes/ours/templates/base.html");
    for (const broken of ["{% if %}", "{{ nobody.knows }}", "{{ page.title | nothing }}"]) {
      site.write("themes/ours/templates/base.html", template.replace("<body>", `<body>${broken}`));
      await panelSays("template-error");
      assert.match(await inPanel("article.error a").first().textContent(), /^themes\/ours\/templates\/base\.html/);
      await says("The first words.");
      site.write("themes/ours/templates/base.html", template);
      await panelLacks("template-error");
    }
    site.edit("themes/ours/templates/base.html", "<body>", '<body><p id="banner">Hear, hear</p>');
    await page.waitForSelector("#banner");
    await still();
    await same();
  });

  test("that is broken when a page is first seen says so, and the page comes when it is mended", async () => {
    const template = site.read("themes/ours/templates/base.html");
    site.write("themes/ours/templates/base.html", template.replace("<body>", "<body>{{ nobody.knows }}"));
    await panelSays("template-error");
    const rest = await page.context().newPage();
    assert.equal((await rest.goto(`${server.origin}/rest/`)).status(), 500);
    await rest.waitForSelector("h1:has-text('The page cannot be shown')");
    site.write("themes/ours/templates/base.html", template);
    await says("Sleep well.", rest);
    await rest.close();
    await panelLacks("template-error");
    errors = errors.filter((error) => !error.includes("500"));
  });

  test("may hand over to another one", async () => {
    site.edit("handbook.toml", 'theme = "ours"', "");
    await page.waitForFunction(() => getComputedStyle(document.querySelector("h1")).color !== "rgb(1, 2, 3)");
    await same();
  });
});

test("settings may be broken: the page stays, says so, and takes them on when they are mended", async () => {
  site.write("handbook.toml", 'title = "Ours\n');
  await panelSays("config-syntax");
  await says("The first words.");
  site.write("handbook.toml", 'title = "Theirs"\ntheme = "ours"\n');
  await panelLacks("config-syntax");
  await page.waitForFunction(() => document.title === "Work · Theirs");
  await still();
  await same();
});

describe("a page", () => {
  test("that was deleted says so, and goes on when it is back", async () => {
    const text = site.read("content/work.md");
    site.remove("content/work.md");
    await panelSays("This page is gone");
    await says("The first words.");
    site.write("content/work.md", text.replace("first words", "words after all"));
    await says("words after all");
    await panelLacks("This page is gone");
    await still();
    await same();
  });

  test("that was renamed offers its new address and the command that mends links to it", async () => {
    site.rename("content/work.md", "content/labour.md");
    await panelSays("handbook mv --already-moved content/work.md content/labour.md");
    site.rename("content/labour.md", "content/toil.md");
    await panelSays("handbook mv --already-moved content/work.md content/toil.md");
    await inPanel("#gone a").click();
    await page.waitForURL("**/toil/");
    await says("The first words.");
  });

  test("that gets another address by its front matter offers it", async () => {
    site.edit("content/work.md", "title: Work", "title: Work\nurl: /jobs/at/");
    await panelSays("This page is now at /jobs/at/.");
    assert.equal(await inPanel("#gone code").count(), 0);
  });

  test("that is not there yet comes when it is written", async () => {
    await page.goto(`${server.origin}/new/page/`);
    await says("Page not found");
    assert.equal(await inPanel("#gone").count(), 0);
    site.write("content/new/page.md", "# New\n\nJust written.\n");
    await says("Just written.");
    await page.waitForFunction(() => document.querySelector(".sidebar [aria-current=page]")?.textContent === "New");
    await same();
    errors = errors.filter((error) => !error.includes("404"));
  });

  test("shows a picture as it is now", async () => {
    const home = await open("/", page.context());
    const width = (expected) => home.waitForFunction((expected) => document.querySelector("main img").naturalWidth === expected, expected);
    await width(30);
    site.write("content/bar.svg", PIXEL(60));
    await width(60);
    site.edit("content/index.md", "A bar", "A longer bar");
    await home.waitForSelector("img[alt='A longer bar']");
    await width(60);
    await still(home);
    await same(home);
  });
});

describe("the server", () => {
  test("may end and come back: the page says so and catches up by itself", async () => {
    const home = await open("/", page.context());
    const { port } = server;
    await server.stop();
    await panelSays("The preview has stopped");
    site.edit("content/work.md", "first words", "words meanwhile");
    site.write("content/bar.svg", PIXEL(80));
    server = await serve(site.dir, port);
    await says("words meanwhile");
    await panelLacks("The preview has stopped");
    await home.waitForFunction(() => document.querySelector("main img").naturalWidth === 80);
    await still();
    await same();
    errors = errors.filter((error) => !/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/.test(error));
  });

  test("answers the eighth tab too", async () => {
    const tabs = [];
    for (let n = 0; n < 8; n += 1) {
      const tab = await page.context().newPage();
      tab.setDefaultTimeout(5000);
      // As browsers do with tabs in the background; a headless one shows them all.
      await tab.addInitScript(() => {
        window.hidden = false;
        Object.defineProperty(document, "visibilityState", { get: () => (window.hidden ? "hidden" : "visible") });
      });
      await tab.goto(`${server.origin}/rest/`);
      await tab.waitForSelector("handbook-panel", { state: "attached" });
      tabs.push(tab);
      if (n < 7) await tab.evaluate(() => { window.hidden = true; document.dispatchEvent(new Event("visibilitychange")); });
    }
    site.edit("content/rest.md", "Sleep well", "Sleep tight");
    await says("Sleep tight", tabs[7]);
    assert.ok(await tabs[0].evaluate(() => document.body.textContent.includes("Sleep well")));
    await tabs[0].evaluate(() => { window.hidden = false; document.dispatchEvent(new Event("visibilitychange")); });
    await says("Sleep tight", tabs[0]);
  });
});

test("a page of the preview is the page that is built, but for one script", async () => {
  const built = build(site.dir);
  for (const path of ["work/", "rest/", ""]) {
    const html = await (await fetch(`${server.origin}/${path}`)).text();
    const script = /<script src="\/_handbook\/live\.js" data-page="[0-9a-f]{16}" defer><\/script>\n/;
    assert.match(html, script);
    assert.equal(html.replace(script, ""), built.read(`${path}index.html`));
  }
  built.close();
});
