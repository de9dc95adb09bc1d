// How a reader moves about: by keyboard, with a thumb, and with JavaScript switched off.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, SITES, WIDTHS } from "./site.js";

const HERE = "/reference/markdown/";

let site;
before(async () => { site = await open(SITES.own); });
after(() => site.close());

const focused = (page) => page.evaluate(() => document.activeElement.className || document.activeElement.localName);
const drawerIsOpen = (page) => page.evaluate(() => document.querySelector(".sidebar").matches(":popover-open"));
const path = (page) => new URL(page.url()).pathname;

/** Tabs on until the element of a selector has the focus. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
  }
  assert.fail(`no number of tabs leads to ${selector}`);
}

for (const width of WIDTHS) {
  describe(`by keyboard at ${width} px`, () => {
    test("the first stop skips to the text", async () => {
      const page = await site.visit(width);
      await page.goto(HERE);
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "skip");
      const box = await page.locator(".skip").boundingBox();
      assert.ok(box.width > 50 && box.height > 20, "it can be seen while it has the focus");
      await page.keyboard.press("Enter");
      assert.equal(await focused(page), "main");
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.activeElement.closest("main")), "the next stop is in the text");
      await page.context().close();
    });

    test("the contents can be reached", async () => {
      const page = await site.visit(width);
      await page.goto(HERE);
      if (!(await page.locator(".toc a").first().isVisible())) {
        await tabTo(page, ".toc summary");
        await page.keyboard.press("Enter");
      }
      await tabTo(page, ".toc a");
      await page.keyboard.press("Enter");
      await page.waitForURL("**#tables");
      await page.context().close();
    });

    test("whatever has the focus shows it and can be seen", async () => {
      const page = await site.visit(width);
      await page.goto(HERE);
      for (let stop = 0; stop < 40; stop += 1) {
        await page.keyboard.press("Tab");
        if ((await focused(page)) === "body") break; // past the last stop: the browser's own buttons
        const state = await page.evaluate(() => {
          const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
          return {
            what: e.outerHTML.slice(0, 80),
            marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
            seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
          };
        });
        assert.ok(state.marked && state.seen, JSON.stringify(state));
      }
      await page.context().close();
    });
  });

  describe(`without JavaScript at ${width} px`, () => {
    const visit = async () => {
      const page = await site.visit(width, { javaScriptEnabled: false });
      await page.goto(HERE);
      return page;
    };

    test("the sidebar leads to other pages", async () => {
      const page = await visit();
      if (width < 600) await page.getByRole("button", { name: "Menu" }).click();
      await page.getByRole("navigation", { name: "Documentation" }).getByRole("link", { name: "URLs" }).click();
      await page.waitForURL("**/reference/urls/");
      assert.equal(await page.locator("h1").textContent(), "URLs");
      await page.context().close();
    });

    test("the contents lead to the sections", async () => {
      const page = await visit();
      const contents = page.getByRole("navigation", { name: "On this page" });
      const link = contents.getByRole("link", { name: "Footnotes" });
      if (!(await link.isVisible())) await contents.locator("summary").click();
      await link.click();
      await page.waitForURL("**#footnotes");
      await assert.doesNotReject(page.waitForFunction(() => {
        const box = document.querySelector("h2#footnotes").getBoundingClientRect();
        const top = document.querySelector("header").getBoundingClientRect().bottom;
        return box.top >= top && box.bottom < innerHeight;
      }));
      await page.context().close();
    });

    test("no button does nothing", async () => {
      const page = await visit();
      for (const button of await page.locator("button:visible").all()) {
        const leads = await button.evaluate((e) => e.form?.hasAttribute("action") || e.hasAttribute("popovertarget"));
        assert.ok(leads, await button.evaluate((e) => e.outerHTML));
      }
      await page.context().close();
    });
  });
}

describe("the drawer of a phone", () => {
  const visit = async (touch) => {
    const page = await site.visit(390, touch ? { hasTouch: true, isMobile: true } : {});
    await page.goto(HERE);
    return page;
  };

  test("opens by keyboard, closes by Escape, and gives the focus back", async () => {
    const page = await visit();
    await tabTo(page, ".menu");
    await page.keyboard.press("Enter");
    assert.ok(await drawerIsOpen(page));
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".sidebar")), "the next stop is in the drawer");
    await page.keyboard.press("Escape");
    assert.ok(!(await drawerIsOpen(page)));
    assert.equal(await focused(page), "menu");
    await page.context().close();
  });

  test("closes by its own button, by keyboard too", async () => {
    const page = await visit();
    await tabTo(page, ".menu");
    await page.keyboard.press("Space");
    await tabTo(page, ".close");
    await page.keyboard.press("Enter");
    assert.ok(!(await drawerIsOpen(page)));
    assert.equal(await focused(page), "menu");
    await page.context().close();
  });

  test("shows where the reader is, leads to another page, and is closed there", async () => {
    const page = await visit();
    await page.locator(".menu").click();
    const here = page.locator(".sidebar [aria-current='page']");
    assert.equal(await here.textContent(), "Markdown");
    const box = await here.boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 700, "in view");
    await page.locator(".sidebar").getByRole("link", { name: "Diagnostics" }).click();
    await page.waitForURL("**/reference/diagnostics/");
    assert.ok(!(await drawerIsOpen(page)));
    await page.context().close();
  });

  test("closes at a tap beside it, and its targets fit a thumb", async () => {
    const page = await visit(true);
    await page.locator(".menu").tap();
    for (const target of await page.locator(".sidebar a:visible, .sidebar button:visible").all()) {
      const box = await target.boundingBox();
      assert.ok(box.height >= 24 && box.width >= 24, await target.textContent());
    }
    await page.touchscreen.tap(380, 400);
    assert.ok(!(await drawerIsOpen(page)));
    assert.equal(path(page), HERE);
    await page.context().close();
  });
});

describe("colours", () => {
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const brightness = (colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
  const isDark = async (page) => brightness(await paper(page)) < 100;

  test("follow the system, also while the page is open, and without JavaScript", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await site.visit(1440, { colorScheme: "dark", javaScriptEnabled });
      await page.goto(HERE);
      assert.ok(await isDark(page));
      await page.emulateMedia({ colorScheme: "light" });
      assert.ok(!(await isDark(page)));
      await page.context().close();
    }
  });

  test("can be chosen, are remembered, and given back to the system", async () => {
    const page = await site.visit(1440, { colorScheme: "light" });
    await page.goto(HERE);
    const button = page.getByRole("button", { name: /^Colours: / });
    const state = async () => [await button.getAttribute("aria-label"), await isDark(page)];
    assert.deepEqual(await state(), ["Colours: automatic", false]);
    await button.click();
    assert.deepEqual(await state(), ["Colours: light", false]);
    await button.press("Enter");
    assert.deepEqual(await state(), ["Colours: dark", true]);
    await page.reload();
    assert.deepEqual(await state(), ["Colours: dark", true]);
    await page.goto("/handbook/");
    assert.deepEqual(await state(), ["Colours: dark", true]);
    await page.emulateMedia({ colorScheme: "dark" });
    await button.click();
    assert.deepEqual(await state(), ["Colours: automatic", true]);
    await page.reload();
    assert.deepEqual(await state(), ["Colours: automatic", true]);
    await page.context().close();
  });
});

test("where there is nothing, a reader is told so and helped on", async () => {
  const page = await site.visit(390);
  const response = await page.goto("/nowhere/at/all/");
  assert.equal(response.status(), 404);
  assert.equal(await page.locator("h1").textContent(), "Page not found");
  await page.locator("main").getByRole("link").first().click();
  assert.equal(path(page), "/");
  await page.context().close();
});
