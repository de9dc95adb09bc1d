// Search as readers meet it: by keyboard, with a thumb, with a screen reader's roles, offline, in other languages, with titles and
// queries that mean harm, and while a new deploy takes the files away. And that the browser answers as the command line does.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { folder } from "./preview.js";
import { build, open, SITES, watch } from "./site.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = resolve(process.env.HANDBOOK ?? join(root, "target/release/handbook"));
const ASSETS = join(root, "themes/default/static/assets");
const KB = 1000;

const HOSTILE = "<img src=x onerror=window.pwned=1>";
const team = (n) => `# Team ${n}\n\nEvery team keeps a list of duties. Ours is number ${n}.\n`;
const ENGLISH = {
  "handbook.toml": 'title = "Tidewater"\n',
  "content/index.md": "# Welcome\n\nAll that we agreed on.\n",
  "content/people/index.md": "---\ntitle: People\nsidebar: People\n---\n\nWho we are.\n",
  "content/people/time-off.md": "# Time off\n\nThirty days a year.\n\n## Parental leave\n\nSixteen weeks for each parent, paid.\n\n## Asking for it\n\nAsk your manager two weeks before.\n",
  "content/people/hostile.md": `---\ntitle: "${HOSTILE}"\n---\n\nSome <b>harmless</b> mischief.\n\n## ${HOSTILE.replaceAll("<", "\\<")}\n\nMore mischief.\n`,
  "content/engineering/index.md": "---\ntitle: Engineering\nsidebar: Engineering\n---\n\nHow we build.\n",
  "content/engineering/incidents.md": "# Incidents\n\nWhat to do when it burns.\n\n## Severity\n\nThe severity of an incident is set by whoever is on call.\n\nRun `kubectl get pods --no-verify`.\n",
  "content/people/long.md": `# A long page\n\n${"Words and words, line after line.\n\n".repeat(60)}\n\nAt last: the walrus.\n`,
  ...Object.fromEntries([...Array(30).keys()].map((n) => [`content/people/team-${n}.md`, team(n)])),
};
const GERMAN = {
  "handbook.toml": 'title = "Küste"\nlanguage = "de"\n',
  "content/index.md": "# Willkommen\n\nAlles, was gilt.\n",
  "content/Überstunden & [Urlaub] 100%.md": "# Überstunden und Urlaub\n\nDie Straße zum Büro ist weit.\n\n## Übergabe\n\nDie Schlüssel werden gezählt.\n",
};
const JAPANESE = {
  "handbook.toml": 'title = "手引き"\nlanguage = "ja"\n',
  "content/index.md": "# はじめに\n\nこの手引きについて。\n",
  "content/leave.md": "# 休暇申請\n\n休暇の申請はSlackで連絡してください。\n\n## 育児休業\n\n育児休業は一年間です。\n",
};

let site, dir;
before(async () => {
  dir = folder(ENGLISH);
  site = await open(dir.dir);
});
after(async () => {
  await site.close();
  dir.close();
});

/** A page whose every fault is known. */
const visit = (width = 1440, url = "/people/time-off/", options = {}, at = site) => watch(at, width, url, options);

async function leave(page) {
  assert.deepEqual(page.faults, []);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  await page.context().close();
}

const input = (page) => page.locator(".finder input");
const options = (page) => page.locator(".finder [role=option]");
const active = (page) => page.evaluate(() => {
  const id = document.querySelector("[role=combobox]").getAttribute("aria-activedescendant");
  return id && document.getElementById(id)?.querySelector("b").textContent;
});
const says = (page, text) => page.waitForFunction((text) => document.querySelector(".finder [role=status]")?.textContent.includes(text), text);
async function search(page, query) {
  if (!(await input(page).isVisible().catch(() => false))) await page.locator(".search button").click();
  await input(page).fill(query);
}
/** Waits for the first hit to be a page or section of that name. */
const first = (page, name) => page.waitForFunction((name) => {
  const at = document.querySelector(".finder [aria-selected=true] b");
  return at?.textContent === name;
}, name);

test("the browser finds what the command line finds, in the same order and words", async () => {
  // More pages than a term tells of at once; it says least about the last ones that are sought here.
  const crowd = folder(Object.fromEntries([...Array(1600).keys()].map((n) => [`content/n${n}.md`, `# Page n${n}\n\n${"Lantern ".repeat(1 + (n % 7))}light n${n}.\n`])));
  const { engine } = await import(pathToFileURL(join(ASSETS, "search.js")));
  for (const [at, queries] of [
    [SITES.own, [
      "time off", "incident severity", "incidnet", "sidebr pge", "\"time off\"", "\"front matter\" keys", "a", "ha", "handbook.toml", "--no-verify", "CamelCase",
      "front-matter-syntax", "what do the sidebars of the handbook look like", "themes", "theme ", "config", "unclosed \"quote", "“broken link", "don't", "é", "zebra", "", "  ", "-",
      "broken-link broken-anchor", "writing a pages", "the the the", "1", "2026", "how to tell that a link leads nowhere and mend it with one comand",
    ]],
    [dir.dir, ["team", "team 7", "duties list", "mischief", "img", "parent", "leave parental", "kubectl", "severty", "teem"]],
    [crowd.dir, ["lantern", "lantern light", "lantern n987", "lantern n994", "\"lantern light n994\"", "lanterm"]],
  ]) {
    const { out, remove } = build(at);
    const { search } = engine(async (name) => JSON.parse(gunzipSync(readFileSync(join(out, "search", `${name}.bin`)))));
    const answers = execFileSync(program, ["search", "-", at, "--format", "json"], { input: queries.map((query) => `${query}\n`).join("") });
    const theirs = answers.toString().trimEnd().split("\n").map((line) => JSON.parse(line));
    for (const [n, query] of queries.entries()) {
      const { hits } = await search(query, { limit: 10 });
      const ours = hits.map(({ url, title, score, sections: [{ anchor, heading, excerpt }] }) => ({ url, anchor, title, heading, excerpt, score }));
      assert.deepEqual(ours, theirs[n], query);
    }
    remove();
  }
  crowd.close();
});

test("nothing of it is loaded before it is wanted, and little then", async (t) => {
  const page = await visit();
  assert.ok(!page.asked.some((path) => path.includes("search")), "not before");
  await page.locator(".search button").hover();
  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.includes("/assets/search.js")));
  assert.ok(!page.asked.some((path) => path.endsWith(".bin")), "no index before the dialog");
  await search(page, "severity");
  await first(page, "Severity");
  const kinds = page.asked.filter((path) => path.endsWith(".bin")).map((path) => path.match(/\/(index|[a-z])[^/]*$/)[1]);
  assert.deepEqual([...new Set(kinds)].sort(), ["index", "p", "t"]);
  const bytes = ["search.js", "search.css"].map((name) => gzipSync(readFileSync(join(site.out, "assets", name))).length);
  t.diagnostic(`${bytes.join(" + ")} bytes`);
  assert.ok(bytes[0] <= 8 * KB, `${bytes[0]} bytes of script`);
  await leave(page);
});

for (const width of [390, 768, 1440]) {
  describe(`by keyboard at ${width} px`, () => {
    test("a key opens it, letters find, arrows choose, Enter goes to the section", async () => {
      const page = await visit(width);
      await page.keyboard.press("/");
      await input(page).waitFor();
      assert.ok(await input(page).evaluate((e) => e === document.activeElement));
      await page.keyboard.type("p");
      await options(page).first().waitFor();
      await page.keyboard.type("arental");
      await first(page, "Parental leave");
      assert.equal(await input(page).getAttribute("aria-expanded"), "true");
      const count = await options(page).count();
      const seen = [await active(page)];
      for (let n = 0; n < count; n += 1) {
        await page.keyboard.press("ArrowDown");
        seen.push(await active(page));
      }
      assert.equal(seen.at(-1), seen[0], "round to where it began");
      await page.keyboard.press("ArrowUp");
      assert.equal(await active(page), seen.at(-2));
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Home");
      assert.equal(await input(page).evaluate((e) => e.selectionStart), 0, "Home is for the text");
      assert.equal(await active(page), seen[0]);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/people/time-off/#parental-leave");
      assert.ok(!(await page.locator(".finder").isVisible()), "closed, also where the page stays");
      await leave(page);
    });

    test("Escape closes it and gives the focus back", async () => {
      const page = await visit(width);
      await page.locator(".search button").focus();
      await page.keyboard.press("Enter");
      await input(page).waitFor();
      await page.keyboard.type("team");
      await options(page).first().waitFor();
      await page.keyboard.press("Escape");
      await input(page).waitFor({ state: "hidden" });
      assert.ok(await page.evaluate(() => document.activeElement.matches(".search button")));
      // The address is that of the page again. A dialog tells that it is closed a moment after it is.
      await page.waitForURL((url) => url.search === "");
      await page.keyboard.press("Control+k");
      await input(page).waitFor();
      assert.equal(await input(page).inputValue(), "team");
      assert.equal(await input(page).evaluate((e) => e.selectionEnd - e.selectionStart), 4, "ready to be written over");
      await leave(page);
    });

    test("Enter before the answer is there goes to the first hit", async () => {
      const page = await visit(width);
      await page.keyboard.press("/");
      await input(page).waitFor();
      await input(page).fill("kubectl");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/engineering/incidents/#severity");
      await leave(page);
    });
  });
}

test("Enter with Ctrl opens a tab of its own and leaves the search where it is", async () => {
  const page = await visit();
  await search(page, "severity");
  await first(page, "Severity");
  const opened = page.context().waitForEvent("page");
  await page.keyboard.press("Control+Enter");
  const tab = await opened;
  await tab.waitForURL("**/engineering/incidents/#severity");
  assert.ok(await input(page).isVisible());
  const second = page.context().waitForEvent("page");
  await options(page).last().click({ button: "middle" });
  await second;
  await leave(page);
});

test("more pages come as a reader goes down, by wheel and by arrows", async () => {
  const page = await visit();
  await search(page, "team");
  await says(page, "31 pages").catch(() => says(page, "pages"));
  const groups = () => page.locator(".finder [role=group]").count();
  const before = await groups();
  assert.ok(before < 25, `${before} at once`);
  for (let n = 0; n < 40; n += 1) {
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(10);
  }
  assert.ok((await groups()) > before);
  const box = page.locator(".finder [role=listbox]");
  for (let n = 0; n < 12; n += 1) {
    await box.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.waitForTimeout(50);
  }
  assert.ok((await groups()) >= 30);
  await leave(page);
});

describe("with a thumb", () => {
  test("it fills the screen, its letters are not zoomed at, and its targets fit", async () => {
    const page = await visit(390, "/", { hasTouch: true, isMobile: true });
    await page.locator(".search button").tap();
    await input(page).waitFor();
    await input(page).fill("parental");
    await first(page, "Parental leave");
    const box = await page.locator(".finder").boundingBox();
    assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 700]);
    assert.ok((await input(page).evaluate((e) => parseFloat(getComputedStyle(e).fontSize))) >= 16);
    assert.equal(await input(page).getAttribute("enterkeyhint"), "search");
    for (const target of await page.locator(".finder :is([role=option], button, select):visible").all())
      assert.ok((await target.boundingBox()).height >= 40, await target.textContent());
    await options(page).filter({ hasText: "Sixteen" }).tap();
    await page.waitForURL("**/people/time-off/#parental-leave");
    await leave(page);
  });

  test("a tap beside it closes it where there is room beside it", async () => {
    const page = await visit(900, "/", { hasTouch: true });
    await page.locator(".search button").tap();
    await input(page).waitFor();
    await page.touchscreen.tap(20, 400);
    await input(page).waitFor({ state: "hidden" });
    await leave(page);
  });
});

describe("to a screen reader", () => {
  for (const colorScheme of ["light", "dark"])
    test(`its roles are right and its letters can be read, ${colorScheme}`, async () => {
      const page = await visit(320, "/people/", { colorScheme });
      await page.addScriptTag({ path: axe });
      for (const width of [320, 768, 1440]) {
        await page.setViewportSize({ width, height: 700 });
        for (const query of ["", "parental", "zzzzzz", "team"]) {
          await search(page, query);
          await says(page, { parental: "page", zzzzzz: "Nothing found", team: "pages" }[query] ?? "");
          const found = await page.evaluate(async () => (await window.axe.run(".finder")).violations
            .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 150)}`)));
          assert.deepEqual(found, [], `${query} at ${width} px`);
          const scrolls = await page.locator(".finder").evaluate((e) => e.scrollWidth > e.clientWidth);
          assert.ok(!scrolls, `${query} at ${width} px: nothing sticks out`);
        }
      }
      await leave(page);
    });

  test("what it does is told", async () => {
    const page = await visit();
    await search(page, "parental");
    await first(page, "Parental leave");
    assert.equal(await page.getByRole("dialog", { name: "Search" }).count(), 1);
    const list = await input(page).getAttribute("aria-controls");
    assert.equal(await page.locator(`[id="${list}"]`).getAttribute("role"), "listbox");
    assert.equal(await page.getByRole("group", { name: "Time off" }).count(), 1);
    assert.equal(await options(page).and(page.getByRole("option", { selected: true })).count(), 1);
    await says(page, "1 page");
    await input(page).fill("zzzzzz");
    await says(page, "Nothing found for “zzzzzz”");
    assert.equal(await input(page).getAttribute("aria-expanded"), "false");
    assert.equal(await input(page).getAttribute("aria-activedescendant"), null);
    await page.locator(".finder .note a").click();
    await page.waitForURL("**/a-z/");
    await leave(page);
  });
});

test("what was loaded once is answered offline, and the rest says why not", async () => {
  const page = await visit();
  await search(page, "parental");
  await first(page, "Parental leave");
  await page.context().setOffline(true);
  await input(page).fill("parent");
  await first(page, "Parental leave");
  await input(page).fill("parental");
  await first(page, "Parental leave");
  await leave(page);

  const other = await visit();
  await other.locator(".search button").hover();
  await search(other, "");
  await other.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("index.bin")));
  await other.context().setOffline(true);
  await input(other).fill("severity");
  await other.locator(".finder .note", { hasText: "cannot be loaded" }).waitFor();
  await other.context().setOffline(false);
  await input(other).fill("severity ");
  await first(other, "Severity");
  other.faults = other.faults.filter((fault) => !fault.includes("ERR_INTERNET_DISCONNECTED"));
  await leave(other);
});

describe("in other languages", () => {
  test("German: with and without dots and capitals", async () => {
    const files = folder(GERMAN);
    const german = await open(files.dir);
    const page = await visit(1440, "/", {}, german);
    assert.equal(await page.locator(".search button").getAttribute("aria-label"), "Suchen");
    for (const [query, heading] of [["uberstunden", "Überstunden und Urlaub"], ["URLAUB", "Überstunden und Urlaub"], ["ubergabe", "Übergabe"], ["strasse", "Überstunden und Urlaub"], ["uberstnuden", "Überstunden und Urlaub"], ["schlussel", "Übergabe"]]) {
      await search(page, query);
      await first(page, heading).catch(() => assert.fail(query));
    }
    await says(page, "1 Seite");
    await search(page, "übergabe");
    await first(page, "Übergabe");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => decodeURIComponent(url.pathname + url.hash) === "/Überstunden-&-[Urlaub]-100%/#übergabe");
    await page.locator("h2", { hasText: "Übergabe" }).waitFor();
    await leave(page);
    await german.close();
    files.close();
  });

  test("a page is found in whichever of many packs its text lies", async () => {
    // Each fills a pack of its own.
    const long = (n) => `# Page ${n}\n\n${`What page ${n} says. `.repeat(700)}\n\nAt last: lantern${n}.\n`;
    const files = folder({ "content/index.md": "# Welcome\n", ...Object.fromEntries([...Array(40).keys()].map((n) => [`content/p${n}.md`, long(n)])) });
    const large = await open(files.dir);
    const page = await visit(1440, "/", {}, large);
    for (const n of [0, 15, 16, 17, 31, 32, 39]) {
      await search(page, `lantern${n}`);
      await first(page, `Page ${n}`).catch(() => assert.fail(`${n}`));
      assert.match(await options(page).first().textContent(), new RegExp(`lantern${n}\\.`));
    }
    await leave(page);
    await large.close();
    files.close();
  });

  test("Japanese: by one character, by several, and not before the reader has chosen them", async () => {
    const files = folder(JAPANESE);
    const japanese = await open(files.dir);
    const page = await visit(390, "/", {}, japanese);
    for (const [query, heading] of [["休", null], ["休暇", "休暇申請"], ["育児", "育児休業"], ["Slack", "休暇申請"]]) {
      await search(page, query);
      if (heading) await first(page, heading).catch(() => assert.fail(query));
      else await options(page).first().waitFor();
    }
    await input(page).evaluate((e) => e.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true })));
    await page.waitForTimeout(100);
    assert.ok(await input(page).isVisible(), "Enter that ends a composition is not for us");
    await leave(page);
    await japanese.close();
    files.close();
  });
});

test("a title that is a tag is a text", async () => {
  const page = await visit(1440, "/");
  await search(page, "mischief");
  await options(page).first().waitFor();
  assert.ok((await page.locator(".finder b").allTextContents()).includes(HOSTILE));
  assert.equal(await page.locator(".finder img").count(), 0);
  await search(page, "img src");
  await options(page).first().waitFor();
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  await page.keyboard.press("Escape");
  await page.goto(`/?q=${encodeURIComponent(HOSTILE)}`);
  await input(page).waitFor();
  await page.waitForTimeout(300);
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await leave(page);
});

test("anything may be asked", async () => {
  const page = await visit();
  await search(page, "");
  const queries = [
    "\ud800", "\udc00\ud800 team", "(", "[a-z", ".*", "\\", "\\p{L}", "$&", "${x}", "\"", "\"\"", "“«„", "'", "''s", "%00%ff", "\u0000", "\u202e\u200b", "-", "--", "a-b_c.d-e", "constructor", "__proto__", "toString",
    "team ".repeat(2000), "a".repeat(10000), "\"".repeat(300), "休".repeat(300), "😀", "👩‍👩‍👧", "e\u0301", "İı", "ﷺ", "\ufdfa", "<script>window.pwned=1</script>",
  ];
  for (const query of queries) {
    await input(page).evaluate((e, text) => {
      e.value = text;
      e.dispatchEvent(new InputEvent("input"));
    }, query);
    await page.waitForTimeout(20);
  }
  await input(page).fill("parental");
  await first(page, "Parental leave");
  await leave(page);
});

describe("a deploy while the page is open", () => {
  test("is noticed by what is missing, and answered from what is there now", async () => {
    const files = folder(ENGLISH);
    const old = await open(files.dir);
    const page = await visit(1440, "/", {}, old);
    await search(page, "zzzz");
    await says(page, "Nothing found");
    files.write("content/new.md", "# Quokkas\n\nAn animal that smiles.\n");
    files.edit("content/people/time-off.md", "Sixteen weeks", "Twenty weeks");
    const next = build(files.dir);
    rmSync(join(old.out, "search"), { recursive: true });
    cpSync(join(next.out, "search"), join(old.out, "search"), { recursive: true });
    await input(page).fill("parental");
    await page.locator(".finder [role=option]", { hasText: "Twenty weeks" }).waitFor();
    await input(page).fill("quokka");
    await first(page, "Quokkas");
    page.faults = page.faults.filter((fault) => !fault.includes("404"));
    await leave(page);
    next.remove();
    await old.close();
    files.close();
  });

  test("that is half done says so, and is forgiven when it is whole", async () => {
    const files = folder(ENGLISH);
    const half = await open(files.dir);
    const page = await visit(1440, "/", {}, half);
    await search(page, "");
    await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("index.bin")));
    const kept = build(files.dir);
    for (const name of readdirSync(join(half.out, "search"))) if (name !== "index.bin") rmSync(join(half.out, "search", name));
    await input(page).fill("parental");
    await page.locator(".finder .note", { hasText: "cannot be loaded" }).waitFor();
    cpSync(join(kept.out, "search"), join(half.out, "search"), { recursive: true });
    await input(page).fill("parental leave");
    await first(page, "Parental leave");
    page.faults = page.faults.filter((fault) => !fault.includes("404"));
    await leave(page);
    kept.remove();
    await half.close();
    files.close();
  });
});

describe("an address with words", () => {
  test("opens with them on any page, and says them while they are asked", async () => {
    const page = await visit(1440, "/people/?q=parental");
    await first(page, "Parental leave");
    await input(page).fill("severity");
    await page.waitForURL("**/people/?q=severity");
    await first(page, "Severity");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/engineering/incidents/#severity");
    await page.goBack();
    await first(page, "Severity");
    await page.keyboard.press("Escape");
    await page.waitForURL("**/people/");
    await leave(page);
  });
});

describe("what was sought", () => {
  const marks = (page) => page.evaluate(() => [...(CSS.highlights.get("handbook-search") ?? [])].map(String));

  test("is marked on the page, once, until Escape", async () => {
    const page = await visit(1440, "/");
    await search(page, "parental");
    await first(page, "Parental leave");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/people/time-off/#parental-leave");
    await page.waitForFunction(() => CSS.highlights.has("handbook-search"));
    assert.ok((await marks(page)).includes("Parental"));
    const top = await page.locator("#parental-leave").evaluate((e) => e.getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 700);
    await page.keyboard.press("Escape");
    assert.deepEqual(await marks(page), []);
    await page.reload();
    await page.waitForTimeout(200);
    assert.deepEqual(await marks(page), []);
    await leave(page);
  });

  test("is brought into view where no heading is near it", async () => {
    const page = await visit(390, "/");
    await search(page, "walrus");
    await first(page, "A long page");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/people/long/");
    await page.waitForFunction(() => {
      const [mark] = CSS.highlights.get("handbook-search") ?? [], box = mark?.getBoundingClientRect();
      return box && box.top > 0 && box.bottom <= innerHeight;
    });
    await leave(page);
  });

  test("is remembered, offered again, and forgotten on demand", async () => {
    const page = await visit(1440, "/");
    await search(page, "parental");
    await first(page, "Parental leave");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/people/time-off/#parental-leave");
    await search(page, "");
    await says(page, "Recent searches");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await first(page, "Parental leave");
    assert.equal(await input(page).inputValue(), "parental");
    await input(page).fill("");
    await page.getByRole("button", { name: "Clear" }).click();
    assert.equal(await options(page).count(), 0);
    await page.reload();
    await search(page, "");
    await page.waitForTimeout(300);
    assert.equal(await options(page).count(), 0);
    await leave(page);
  });
});

test("it can be held to one section of the site", async () => {
  const page = await visit(1440, "/");
  await search(page, "how who");
  const titles = () => page.locator(".finder [role=group]").evaluateAll((all) => all.map((group) => group.ariaLabel));
  await page.waitForFunction(() => document.querySelectorAll(".finder [role=group]").length > 1);
  await page.getByRole("combobox", { name: "Sections" }).selectOption("People");
  await page.waitForFunction(() => document.querySelectorAll(".finder [role=group]").length === 1);
  assert.deepEqual(await titles(), ["People"]);
  await page.getByRole("combobox", { name: "Sections" }).selectOption("Everywhere");
  await page.waitForFunction(() => document.querySelectorAll(".finder [role=group]").length > 1);
  await leave(page);
});

describe("the key", () => {
  test("is a letter where one writes, and does nothing where a site says so", async () => {
    const files = folder({ ...ENGLISH, "handbook.toml": 'title = "Tidewater"\n\n[search]\nslash = false\n' });
    const quiet = await open(files.dir);
    const page = await visit(1440, "/", {}, quiet);
    await page.keyboard.press("/");
    await page.waitForTimeout(200);
    assert.equal(await page.locator(".finder").count(), 0);
    assert.ok(!(await page.locator(".search button").getAttribute("aria-keyshortcuts")).includes("/"));
    await page.keyboard.press("Control+k");
    await input(page).waitFor();
    await page.keyboard.type("a/b");
    assert.equal(await input(page).inputValue(), "a/b");
    await leave(page);
    await quiet.close();
    files.close();
  });
});

test("without JavaScript the box leads to all pages from A to Z", async () => {
  for (const width of [390, 1440]) {
    const page = await visit(width, "/people/", { javaScriptEnabled: false });
    await page.getByRole("search").getByRole("button").click();
    await page.waitForURL(/\/a-z\/\??$/);
    assert.ok(await page.getByRole("link", { name: "Time off" }).first().isVisible());
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});
