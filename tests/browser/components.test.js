// The components of the theme, as readers use them: by keyboard, by link, by search, on paper, without JavaScript.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createRequire } from "node:module";
import { open, SITES } from "./site.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const OWN = "/reference/component-set/";
const SAMPLE = "/components/";

let own, sample, errors;
before(async () => { own = await open(SITES.own); sample = await open(SITES.sample); });
after(() => Promise.all([own.close(), sample.close()]));

async function visit(site = sample, { width = 1000, path = site === own ? OWN : SAMPLE, ...options } = {}) {
  const page = await site.visit(width, options);
  errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  await page.goto(path);
  return page;
}

/** Closes a page that nothing went wrong on. */
async function leave(page) {
  await page.context().close();
  assert.deepEqual(errors, []);
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());
const group = (page, n = 0) => page.locator("article > .tabs").nth(n);
const tab = (page, name, n = 0) => group(page, n).locator("> .tab-list").getByRole("tab", { name, exact: true });
const chosen = (page, n = 0) => group(page, n).locator("> .tab-list > [aria-selected=true]").allTextContents();
const shown = (page, n = 0) =>
  group(page, n).locator("> .tab").evaluateAll((panels) => panels.map((panel) => panel.checkVisibility({ contentVisibilityAuto: true }) && panel.offsetHeight > 0));
const inView = (page, selector) => page.locator(selector).evaluate((e) => {
  const box = e.getBoundingClientRect();
  return box.height > 0 && box.top >= document.querySelector(".top").offsetHeight && box.bottom <= innerHeight;
});

describe("tabs", () => {
  test("are moved through by arrows, Home and End, and the panel is the next stop", async () => {
    const page = await visit();
    await tab(page, "Day").focus();
    for (const [key, name] of [["ArrowRight", "Night"], ["ArrowRight", "Dusk"], ["ArrowRight", "Day"], ["ArrowLeft", "Dusk"],
      ["Home", "Day"], ["End", "Dusk"], ["ArrowLeft", "Night"]]) {
      await page.keyboard.press(key);
      assert.equal(await focused(page), name, key);
      assert.deepEqual(await chosen(page), [name]);
    }
    assert.deepEqual(await shown(page), [false, true, false]);
    await page.keyboard.press("Tab");
    assert.match(await focused(page), /By night we sleep/);
    assert.equal(await page.evaluate(() => document.activeElement.role ?? document.activeElement.getAttribute("role")), "tabpanel");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(page), "Night");
    await leave(page);
  });

  test("are tabs and panels to a screen reader, each with its name", async () => {
    const page = await visit(own);
    assert.match(await page.locator("article > .tabs").first().ariaSnapshot(), /tablist:\n\s+- tab "Linux" \[selected\]\n\s+- tab "macOS"\n\s*- tabpanel "Linux":/);
    const client = await page.context().newCDPSession(page);
    const { nodes } = await client.send("Accessibility.getFullAXTree");
    const panels = nodes.filter((node) => !node.ignored && node.role?.value === "tabpanel").map((node) => node.name.value);
    assert.deepEqual(panels, ["Linux", "npm"], "only what is shown");
    await leave(page);
  });

  test("of the same labels move together, others and nested ones stay", async () => {
    const page = await visit();
    const before = await tab(page, "Night", 1).boundingBox();
    await tab(page, "Night", 1).click();
    assert.deepEqual(await chosen(page), ["Night"]);
    assert.deepEqual(await chosen(page, 1), ["Night"]);
    assert.deepEqual(await chosen(page, 2), ["Day"]);
    assert.equal(await page.locator(".tab .tabs [aria-selected=true]").textContent(), "Calm");
    const after = await tab(page, "Night", 1).boundingBox();
    assert.ok(Math.abs(after.y - before.y) < 2, `what was clicked stays where it is: ${before.y} ${after.y}`);
    await leave(page);
  });

  test("are remembered on a choice only, and forgotten labels harm nothing", async () => {
    const page = await visit();
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    await tab(page, "Dusk").click();
    await page.reload();
    assert.deepEqual([await chosen(page), await chosen(page, 1), await chosen(page, 2)], [["Dusk"], ["Dusk"], ["Day"]]);
    await page.evaluate(() => { for (const key of Object.keys(localStorage)) localStorage[key] = "gone"; });
    await page.reload();
    assert.deepEqual(await chosen(page), ["Day"]);
    await leave(page);
  });

  test("work where storage is forbidden", async () => {
    const page = await sample.visit(1000);
    await page.addInitScript(() => Object.defineProperty(window, "localStorage", { get() { throw new Error("no"); } }));
    await page.goto(SAMPLE);
    await tab(page, "Night").click();
    assert.deepEqual(await chosen(page), ["Night"]);
    await page.context().close();
  });

  test("open for an address inside of them, at once, by a link and by hand", async () => {
    const page = await visit(sample, { path: `${SAMPLE}#in-a-storm` });
    assert.ok(await inView(page, "#in-a-storm"));
    await leave(page);
    const other = await visit();
    await tab(other, "Night").click();
    await other.getByRole("link", { name: "To the storm" }).click();
    await other.waitForFunction(() => document.getElementById("in-a-storm").checkVisibility({ contentVisibilityAuto: true }));
    assert.deepEqual(await chosen(other), ["Day"]);
    assert.ok(await inView(other, "#in-a-storm"));
    await other.evaluate(() => { location.hash = "#night"; });
    await other.waitForFunction(() => document.getElementById("night").offsetHeight > 0);
    assert.deepEqual(await chosen(other), ["Night"]);
    assert.ok(await other.evaluate(() => document.querySelector(".tab-list").getBoundingClientRect().top > document.querySelector(".top").offsetHeight), "the tabs are in view too");
    await leave(other);
  });

  test("open for what the browser finds in them", async () => {
    const page = await visit();
    assert.equal(await group(page).locator("> .tab").nth(2).getAttribute("hidden"), "until-found");
    await group(page).locator("> .tab").nth(2).evaluate((panel) => panel.dispatchEvent(new Event("beforematch", { bubbles: true })));
    assert.deepEqual(await chosen(page), ["Dusk"]);
    assert.deepEqual(await shown(page), [false, false, true]);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), [], "which is no choice");
    await leave(page);
  });

  test("of every form show one panel, and move nothing when the script starts", async () => {
    for (const site of [own, sample]) {
      const page = await site.visit(1000);
      await page.addInitScript(() => {
        window.shifts = 0;
        new PerformanceObserver((list) => { for (const shift of list.getEntries()) window.shifts += shift.value; }).observe({ type: "layout-shift", buffered: true });
      });
      await page.goto(site === own ? OWN : SAMPLE);
      const counts = await page.locator(".tabs").evaluateAll((all) =>
        all.map((box) => [...box.querySelectorAll(":scope > .tab")].filter((panel) => !panel.hidden).length));
      assert.ok(counts.length >= 2 && counts.every((count) => count === 1), counts.join());
      assert.ok((await page.evaluate(() => window.shifts)) < 0.01);
      await page.context().close();
    }
  });

  test("that were chosen before are there at the first paint", async () => {
    const page = await visit();
    await tab(page, "Night").click();
    await page.addInitScript(() => {
      window.shifts = 0;
      new PerformanceObserver((list) => { for (const shift of list.getEntries()) window.shifts += shift.value; }).observe({ type: "layout-shift", buffered: true });
    });
    await page.route("**/handbook.js*", async (route) => { await new Promise((done) => setTimeout(done, 300)); await route.continue(); });
    await page.reload();
    assert.deepEqual(await chosen(page), ["Night"]);
    await page.waitForTimeout(100);
    assert.ok((await page.evaluate(() => window.shifts)) < 0.01, "nothing moves");
    await leave(page);
  });
});

describe("an embed", () => {
  test("asks nobody for anything before it is clicked, and is one frame after", async () => {
    const page = await sample.visit(1000);
    const asked = [];
    await page.context().route(/^(?!http:\/\/127\.0\.0\.1)/, (route) => {
      asked.push(route.request().url());
      return route.fulfill({ body: "<title>film</title>", contentType: "text/html" });
    });
    await page.goto(SAMPLE, { waitUntil: "networkidle" });
    assert.deepEqual(asked, []);
    await page.getByRole("button", { name: /Show .A film. here/ }).click();
    await page.waitForSelector("iframe");
    assert.deepEqual(await page.locator(".embed iframe").evaluateAll((all) => all.map((e) => [e.src, e.title, document.activeElement === e])),
      [["https://www.youtube-nocookie.com/embed/abc", "A film", true]]);
    assert.deepEqual([...new Set(asked)], ["https://www.youtube-nocookie.com/embed/abc"]);
    await page.context().close();
  });

  test("is a link without JavaScript", async () => {
    const page = await visit(sample, { javaScriptEnabled: false });
    assert.equal(await page.getByRole("link", { name: "A film" }).getAttribute("href"), "https://www.youtube.com/watch?v=abc");
    assert.ok(!(await page.getByRole("button", { name: /A film/ }).isVisible()));
    await leave(page);
  });
});

test("a fold opens by keyboard and for its address", async () => {
  const page = await visit();
  const fold = page.locator("#fold");
  await fold.locator("summary").focus();
  await page.keyboard.press("Enter");
  assert.ok(await fold.evaluate((e) => e.open));
  await page.keyboard.press("Space");
  assert.ok(!(await fold.evaluate((e) => e.open)));
  await page.evaluate(() => { location.hash = "#fold"; });
  await page.waitForFunction(() => document.getElementById("fold").open);
  await leave(page);
});

test("steps are a list of that many", async () => {
  const page = await visit();
  const snapshot = await page.locator(".steps").ariaSnapshot();
  assert.equal(snapshot.match(/- listitem:/g).length, 2, snapshot);
  assert.match(snapshot, /First/);
  await leave(page);
});

test("a card is one link, wherever it is clicked, and links in it are their own", async () => {
  const page = await visit();
  const card = page.locator(".card").first();
  await card.scrollIntoViewIfNeeded();
  const box = await card.boundingBox();
  assert.equal(await card.getByRole("link").count(), 2);
  await page.mouse.click(box.x + box.width - 5, box.y + box.height - 5);
  await page.waitForURL((url) => url.pathname === "/");
  await leave(page);
});

test("a picture follows the reader's choice of colours", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await visit(sample, { colorScheme: "dark", javaScriptEnabled });
    const pictures = () => page.locator("figure img").evaluateAll((all) => all.filter((e) => getComputedStyle(e).display !== "none").map((e) => e.getAttribute("src")));
    assert.deepEqual(await pictures(), ["/dark.svg"]);
    await page.emulateMedia({ colorScheme: "light" });
    assert.deepEqual(await pictures(), ["/light.svg"]);
    if (javaScriptEnabled) {
      await page.evaluate(() => { document.documentElement.dataset.theme = "dark"; });
      assert.deepEqual(await pictures(), ["/dark.svg"]);
      await page.emulateMedia({ colorScheme: "dark" });
      await page.evaluate(() => { document.documentElement.dataset.theme = "light"; });
      assert.deepEqual(await pictures(), ["/light.svg"]);
    }
    await leave(page);
  }
});

for (const [what, options, media] of [["without JavaScript", { javaScriptEnabled: false }], ["on paper", {}, "print"]]) {
  test(`${what}, every panel is shown under its label`, async () => {
    for (const site of [own, sample]) {
      const page = await visit(site, options);
      if (media) await page.emulateMedia({ media });
      const panels = await page.locator(".tab").evaluateAll((all) =>
        all.map((panel) => [panel, panel.querySelector(".tab-label")].every((e) => e.checkVisibility({ contentVisibilityAuto: true }) && e.offsetHeight > 10)));
      assert.ok(panels.length >= 4 && panels.every(Boolean), panels.join());
      assert.equal(await page.locator(".tab-list:visible").count(), 0);
      if (media) {
        const folded = page.locator(site === own ? "article details p" : "#fold p").first();
        assert.ok(await folded.evaluate((e) => e.checkVisibility({ contentVisibilityAuto: true }) && e.offsetHeight > 0));
      }
      await leave(page);
    }
  });
}

test("nothing makes a narrow page scroll sideways", async () => {
  for (const site of [own, sample]) {
    for (const javaScriptEnabled of [true, false]) {
      const page = await visit(site, { width: 320, javaScriptEnabled });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await leave(page);
    }
  }
});

test("axe finds nothing, in light and in dark", async () => {
  for (const site of [own, sample]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await visit(site, { colorScheme });
      await page.addScriptTag({ path: axe });
      const found = await page.evaluate(async () => (await window.axe.run("article")).violations
        .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 150)} ${node.any[0]?.message ?? ""}`)));
      assert.deepEqual(found, []);
      await leave(page);
    }
  }
});
