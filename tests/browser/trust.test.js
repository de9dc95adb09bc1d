// What a page says of its age and state: banners that know what day it is, and a page as Markdown.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { open } from "./site.js";

const dir = mkdtempSync(join(tmpdir(), "handbook-trust-"));
let site;
before(async () => {
  mkdirSync(join(dir, "content"));
  const write = (name, text) => writeFileSync(join(dir, name), text);
  write("handbook.toml", `
title = "Acme"
[repository]
edit = "https://git.example/edit/{path}"
[announcement]
text = "We **move**. [Where](due.md)"
until = 2026-06-30
`);
  write("content/index.md", "# Home\n\n[Due](due.md)\n");
  write("content/due.md", `---
title: "</script><img src=x onerror=document.title=1>"
owner: People <people@acme.example>
review_by: 2026-03-31
status: deprecated
replaced_by: hostile.md
---
Some text. <!-- not for readers -->
`);
  write("content/hostile.md", '---\ntitle: "<img src=x onerror=document.title=1>{page}"\n---\nText\n');
  site = await open(dir);
});
after(async () => {
  await site.close();
  rmSync(dir, { recursive: true });
});

async function visit(day, path = "/due/", options = {}) {
  const page = await site.visit(options.width ?? 1440, { permissions: ["clipboard-read", "clipboard-write"], ...options });
  if (options.javaScriptEnabled !== false) await page.clock.setFixedTime(`${day}T12:00:00`);
  await page.goto(path);
  return page;
}
const banner = (page) => page.locator("[data-review-by]");
const announcement = (page) => page.locator(".announcement");

describe("a page that is to be reviewed", () => {
  for (const [day, shown] of [["2026-03-30", false], ["2026-03-31", false], ["2026-04-01", true], ["2031-01-01", true]]) {
    test(`${shown ? "says so" : "is quiet"} on ${day}`, async () => {
      const page = await visit(day);
      assert.equal(await banner(page).isVisible(), shown);
      assert.equal(await page.title(), "</script><img src=x onerror=document.title=1> · Acme");
      await page.context().close();
    });
  }

  test("states the day without JavaScript", async () => {
    const page = await visit("", "/due/", { javaScriptEnabled: false });
    assert.equal(await banner(page).isVisible(), false);
    assert.match(await page.locator(".byline").textContent(), /2026-03-31/);
    await page.context().close();
  });

  test("shoves nothing", async () => {
    const page = await visit("2026-05-01");
    const shift = await page.evaluate(() => new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(sum), 200);
    }).catch(() => 0));
    assert.equal(shift, 0);
    await page.context().close();
  });
});

test("a page that is deprecated leads on", async () => {
  const page = await visit("2026-01-01");
  await page.locator(".notice a").first().click();
  await page.waitForURL("**/hostile/");
  assert.equal(await page.title(), "<img src=x onerror=document.title=1>{page} · Acme");
  await page.context().close();
});

describe("the announcement", () => {
  test("stands above every page, and is gone once dismissed", async () => {
    const page = await visit("2026-06-30", "/");
    assert.equal(await announcement(page).isVisible(), true);
    assert.equal(await announcement(page).getByRole("link").getAttribute("href"), "/due/");
    await announcement(page).getByRole("button", { name: "Dismiss" }).click();
    assert.equal(await announcement(page).count(), 0);
    await page.goto("/due/");
    assert.equal(await announcement(page).count(), 0);
    await page.context().close();
  });

  test("has a name, and is dismissed by keyboard", async () => {
    const page = await visit("2026-06-30", "/");
    const region = page.getByRole("complementary", { name: "Announcement" });
    assert.equal(await region.locator("strong").textContent(), "move");
    await page.keyboard.press("Tab");
    for (const name of ["Where", "Dismiss"]) {
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent), name);
    }
    await page.keyboard.press("Enter");
    assert.equal(await region.count(), 0);
    await page.context().close();
  });

  test("comes back when it says something else", async () => {
    const page = await visit("2026-06-30", "/");
    await announcement(page).getByRole("button").click();
    await page.route("**/due/", async (route) => {
      const response = await route.fetch();
      // As a build with another text writes it.
      route.fulfill({ response, body: (await response.text()).replace(/data-key="[^"]*"/, 'data-key="other"') });
    });
    await page.goto("/due/");
    assert.equal(await announcement(page).isVisible(), true);
    await page.context().close();
  });

  test("moves nothing, whether it is there or was dismissed", async () => {
    const page = await visit("2026-06-30", "/");
    for (const there of [1, 0]) {
      assert.equal(await announcement(page).count(), there);
      const shifts = await page.evaluate(() => new Promise((done) => {
        new PerformanceObserver((list) => done(list.getEntries().map((entry) => entry.value))).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => done([])));
      }));
      assert.deepEqual(shifts, []);
      if (there) await announcement(page).getByRole("button").click();
      await page.goto("/due/");
    }
    await page.context().close();
  });

  test("is gone after its day", async () => {
    const page = await visit("2026-07-01", "/");
    assert.equal(await announcement(page).count(), 0);
    await page.context().close();
  });

  test("is there without JavaScript, with no button that does nothing", async () => {
    const page = await visit("", "/", { javaScriptEnabled: false });
    assert.equal(await announcement(page).isVisible(), true);
    assert.equal(await announcement(page).locator("button").isVisible(), false);
    await page.context().close();
  });

  test("comes after the skip link, and fits a telephone", async () => {
    const page = await visit("2026-01-01", "/", { width: 390 });
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.matches(".skip")));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.context().close();
  });
});

describe("a page as Markdown", () => {
  test("is copied by a button", async () => {
    const page = await visit("2026-01-01");
    const button = page.getByRole("button", { name: "Copy as Markdown" });
    await button.click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(text, "# </script><img src=x onerror=document.title=1>\n\nSome text.\n");
    await page.context().close();
  });

  test("is copied by keyboard too, and what happened is said", async () => {
    for (const [permitted, said] of [[true, "Copied"], [false, "Not copied"]]) {
      const page = await visit("2026-01-01");
      if (!permitted) await page.addInitScript(() => { navigator.clipboard.writeText = () => Promise.reject(); });
      if (!permitted) await page.reload();
      const button = page.locator(".provenance button");
      assert.equal(await button.getAttribute("aria-live"), "polite");
      await button.focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction((text) => document.activeElement.textContent === text, said);
      await page.waitForFunction(() => document.activeElement.textContent === "Copy as Markdown");
      await page.context().close();
    }
  });

  test("is a link without JavaScript", async () => {
    const page = await visit("", "/due/", { javaScriptEnabled: false });
    assert.equal(await page.getByRole("link", { name: "View as Markdown" }).getAttribute("href"), "/due/index.md");
    assert.equal(await page.locator(".provenance button").isVisible(), false);
    await page.context().close();
  });
});
