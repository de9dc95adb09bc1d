// The ways through a handbook: sections, branches, the drawer, back to the top, links to headings. By keyboard, at three
// widths, and without JavaScript.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { open, SITES, watch } from "./site.js";

const HERE = "/handbook/people/time-off/";
const WIDE = 832; // 52em: from here the sidebar stands beside the text

let site;
before(async () => { site = await open(SITES.own); });
after(() => site.close());

/** A page whose every fault is known. */
const visit = (width, url = HERE, options = {}) => watch(site, width, url, options);

async function leave(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

async function tabTo(page, selector) {
  for (let presses = 0; presses < 90; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
  }
  assert.fail(`no number of tabs leads to ${selector}`);
}

async function openDrawer(page, width) {
  if (width >= WIDE) return;
  await tabTo(page, ".menu");
  await page.keyboard.press("Enter");
}

const branch = (page, name) => page.locator(".sidebar li", { has: page.getByRole("link", { name, exact: true }) }).last();
const inView = (page) => page.evaluate(() => {
  const box = document.querySelector(".sidebar [aria-current=page]").getBoundingClientRect();
  return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
});

for (const width of [390, 768, 1440]) {
  describe(`at ${width} px`, () => {
    test("a closed branch opens in place, by keyboard, and stays open on the next page", async () => {
      site.asked.length = 0;
      const page = await visit(width);
      await openDrawer(page, width);
      const button = page.getByRole("button", { name: "Engineering" });
      assert.equal(await button.getAttribute("aria-expanded"), "false");
      assert.ok(!page.asked.some((path) => path.includes("sidebar-")), "nothing is loaded before it is wanted");
      await tabTo(page, ".sidebar .branch > button[aria-label=Engineering]");
      await page.keyboard.press("Enter");
      await branch(page, "Engineering").locator("ul a").first().waitFor();
      assert.equal(await button.getAttribute("aria-expanded"), "true");
      const list = await button.getAttribute("aria-controls");
      assert.ok(await page.locator(`[id="${list}"] a`).first().isVisible());
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate((id) => document.activeElement.closest("ul").id === id, list), "its entries come next");

      await page.goto("/handbook/glossary/");
      await openDrawer(page, width);
      assert.ok(await branch(page, "Engineering").locator("ul a").first().isVisible(), "still open");
      assert.equal(site.asked.filter((path) => path.includes("sidebar-")).length, 1, "loaded once");
      assert.ok(await inView(page));

      await page.getByRole("button", { name: "Engineering" }).press("Space");
      assert.ok(!(await branch(page, "Engineering").locator("ul").first().isVisible()));
      await page.goto(HERE);
      await openDrawer(page, width);
      assert.equal(await branch(page, "Engineering").locator("ul").count(), 0, "closed again");
      await leave(page);
    });

    test("what was opened before the site was published anew is mended", async () => {
      const page = await visit(width);
      await openDrawer(page, width);
      await page.getByRole("button", { name: "Engineering" }).press("Enter");
      const entries = branch(page, "Engineering").locator("ul a");
      await entries.first().waitFor();
      const old = await entries.allTextContents();
      const publish = (change) => page.route("**/sidebar-*.json", async (route) => {
        const answer = await route.fetch();
        route.fulfill({ response: answer, json: change(await answer.json()) });
      });
      const inside = (items) => items.find(([title]) => title === "Engineering");
      await publish((items) => {
        inside(items)[2] = [...inside(items)[2].slice(1), ["A new page", "/new/"]];
        return items;
      });
      const now = [...old.slice(1), "A new page"];
      for (const url of ["/handbook/glossary/", HERE]) {
        await page.goto(url);
        await openDrawer(page, width);
        await branch(page, "Engineering").getByRole("link", { name: "A new page" }).waitFor();
        assert.deepEqual(await entries.allTextContents(), now);
        const button = page.getByRole("button", { name: "Engineering" });
        assert.equal(await button.getAttribute("aria-expanded"), "true");
        assert.equal(await button.getAttribute("aria-controls"), await branch(page, "Engineering").locator("ul").first().getAttribute("id"));
      }
      // A page that is newer than what the browser still has of the file keeps its arrow.
      await publish((items) => items.filter((item) => item !== inside(items)));
      await page.goto("/handbook/glossary/");
      await openDrawer(page, width);
      await page.locator(".sidebar button[aria-label=Engineering][aria-expanded=false]").waitFor();
      assert.equal(await entries.count(), 0);
      await leave(page);
    });

    test("what opens is what the section's own page shows", async () => {
      const page = await visit(width);
      await openDrawer(page, width);
      await page.getByRole("button", { name: "Engineering" }).press("Enter");
      const links = branch(page, "Engineering").locator("ul").first().locator("a");
      await links.first().waitFor();
      const opened = await links.evaluateAll((all) => all.map((a) => [a.textContent, a.pathname]));
      await page.goto("/handbook/engineering/");
      const there = page.locator(".sidebar [aria-current=page] ~ ul a");
      assert.deepEqual(await there.evaluateAll((all) => all.map((a) => [a.textContent, a.pathname])), opened);
      await leave(page);
    });

    test("the open branch folds and unfolds", async () => {
      const page = await visit(width);
      await openDrawer(page, width);
      const button = page.getByRole("button", { name: "People" });
      const here = page.locator(".sidebar [aria-current=page]");
      assert.equal(await button.getAttribute("aria-expanded"), "true");
      await button.press("Enter");
      assert.ok(!(await here.isVisible()));
      await button.press("Enter");
      assert.ok(await here.isVisible());
      await leave(page);
    });

    test("the current page is marked and in view, also where it has to be brought there", async () => {
      const page = await site.visit(width);
      await page.setViewportSize({ width, height: 300 });
      page.faults = [];
      await page.goto("/reference/templates/");
      await openDrawer(page, width);
      await page.waitForFunction(() => document.querySelector(".sidebar").scrollTop > 0);
      assert.equal(await page.locator(".sidebar [aria-current=page]").textContent(), "Templates");
      assert.ok(await inView(page));
      await leave(page);
    });

    test("the sections of the site can be gone to, and the current one is marked", async () => {
      const page = await visit(width);
      await openDrawer(page, width);
      const sections = page.locator(width < WIDE ? ".sidebar > .sections" : ".top .sections");
      assert.deepEqual(await sections.locator("a").allTextContents(), ["Documentation", "Handbook"]);
      assert.equal(await sections.locator("[aria-current]").textContent(), "Handbook");
      await tabTo(page, ".sections a:not([aria-current])");
      await page.keyboard.press("Enter");
      await page.waitForURL(`${site.origin}/`);
      await leave(page);
    });

    test("the sidebar keeps its place from page to page", async () => {
      const page = await visit(width, "/reference/urls/");
      // Low, so that it can be scrolled.
      await page.setViewportSize({ width, height: 300 });
      await openDrawer(page, width);
      const place = () => page.locator(".sidebar").evaluate((box) => Math.round(box.scrollTop));
      const link = page.locator(".sidebar .open a").last();
      await link.scrollIntoViewIfNeeded();
      const before = await place();
      assert.ok(before > 0);
      await link.press("Enter");
      await page.waitForURL((url) => url.pathname !== "/reference/urls/");
      await openDrawer(page, width);
      await page.waitForFunction(() => document.querySelector(".sidebar").scrollTop > 0);
      assert.ok(await inView(page));
      assert.ok(Math.abs((await place()) - before) < 160, `${before}, then ${await place()}`);
      await leave(page);
    });

    test("breadcrumbs, and the pages before and after, can be gone to by keyboard", async () => {
      const page = await visit(width, "/handbook/people/hiring/");
      await tabTo(page, ".crumbs a");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/handbook/people/");
      await page.goBack();
      for (const [way, there] of [["next", "time-off"], ["prev", "hiring"]]) {
        await tabTo(page, `.pager [rel=${way}]`);
        await page.keyboard.press("Enter");
        await page.waitForURL(`**/handbook/people/${there}/`);
      }
      await leave(page);
    });

    test("the contents mark the heading that is read, and only that", async () => {
      const page = await visit(width, "/reference/markdown/");
      const marked = () => page.locator(".toc [aria-current]").evaluateAll((all) => all.map((a) => a.hash));
      assert.ok((await marked()).length <= 1);
      for (const heading of ["footnotes", "tables"]) {
        await page.evaluate((id) => document.getElementById(id).scrollIntoView({ behavior: "instant" }), heading);
        await page.waitForFunction((hash) => document.querySelector(".toc [aria-current=location]")?.hash === hash, `#${heading}`);
        assert.deepEqual(await marked(), [`#${heading}`]);
      }
      await leave(page);
    });

    test("a link leads back to the top, once there is somewhere to come back from", async () => {
      const page = await visit(width, "/reference/diagnostics/");
      const seen = () => page.evaluate(() => {
        const box = document.querySelector(".to-top a").getBoundingClientRect();
        return box.top < innerHeight && box.bottom > 0;
      });
      assert.ok(!(await seen()));
      await page.evaluate(() => scrollTo({ top: 5000, behavior: "instant" }));
      assert.ok(await seen());
      await page.locator(".to-top a").focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => scrollY === 0);
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
      await leave(page);
    });

    test("a heading's anchor copies its address and says so", async () => {
      const page = await visit(width, "/reference/sidebars/");
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await tabTo(page, "#the-file .anchor");
      await page.keyboard.press("Enter");
      await page.waitForURL("**#the-file");
      await page.waitForFunction(() => document.querySelector(".said").textContent === "Address copied");
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${site.origin}/reference/sidebars/#the-file`);
      await page.waitForFunction(() => document.querySelector(".said").textContent === "");
      await leave(page);
    });

    test("nothing moves while a page loads, also where branches were opened before", async () => {
      const page = await visit(width);
      await openDrawer(page, width);
      await page.getByRole("button", { name: "Engineering" }).press("Enter");
      await branch(page, "Engineering").locator("ul a").first().waitFor();
      for (const url of ["/handbook/glossary/", HERE, "/reference/diagnostics/"]) {
        await page.goto(url);
        await page.waitForTimeout(200);
        const shifts = await page.evaluate(() => new Promise((done) => {
          new PerformanceObserver((list) => done(list.getEntries().map((entry) => entry.value))).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done([]), 300);
        }));
        assert.deepEqual(shifts, []);
      }
      await leave(page);
    });

    test("back leads to the place that a reader left", async () => {
      const page = await visit(width, "/reference/diagnostics/");
      await page.evaluate(() => scrollTo({ top: 3000, behavior: "instant" }));
      await page.goto(HERE);
      await page.goBack();
      await page.waitForFunction(() => Math.abs(scrollY - 3000) < 2);
      await leave(page);
    });

    test("without JavaScript every page can be reached from the first one", async () => {
      const page = await visit(width, "/", { javaScriptEnabled: false });
      const seen = new Set(["/"]), next = ["/"];
      for (let url = next.pop(); url; url = next.pop()) {
        await page.goto(url);
        if (width < WIDE) await page.locator(".menu:visible").click();
        for (const link of await page.locator(".sidebar a:visible, .top a:visible, article .contents a").evaluateAll((all) => all.map((a) => a.href))) {
          const { origin, pathname } = new URL(link);
          if (origin === site.origin && site.urls.includes(pathname) && !seen.has(pathname)) {
            seen.add(pathname);
            next.push(pathname);
          }
        }
      }
      await page.locator(".search button").click();
      await page.waitForURL("**/a-z/*");
      seen.add(new URL(page.url()).pathname);
      // Folders that our own sidebar passes by have pages as well.
      const wanted = site.urls.filter((url) => !readFileSync(join(site.out, url, "index.html"), "utf8").includes('class="contents"'));
      assert.deepEqual(wanted.filter((url) => !seen.has(url)), []);
      await leave(page);
    });

    test("without JavaScript there are no buttons, and every branch leads to its page", async () => {
      const page = await visit(width, HERE, { javaScriptEnabled: false });
      if (width < WIDE) await page.getByRole("button", { name: "Menu" }).click();
      assert.equal(await page.locator(".sidebar li > button").count(), 0);
      await page.locator(".sidebar").getByRole("link", { name: "Engineering" }).click();
      await page.waitForURL("**/handbook/engineering/");
      if (width < WIDE) await page.getByRole("button", { name: "Menu" }).click();
      assert.ok(await page.locator(".sidebar [aria-current=page] ~ ul a").first().isVisible());
      await leave(page);
    });
  });
}

for (const width of [390, 768]) {
  describe(`the drawer at ${width} px`, () => {
    test("takes the focus, keeps it, and gives it back", async () => {
      const page = await visit(width);
      await openDrawer(page, width);
      // A popover tells that it is open after it has been drawn.
      await page.waitForFunction(() => document.activeElement.matches(".close"));
      const stops = new Set();
      for (let presses = 0; presses < 25; presses += 1) {
        await page.keyboard.press("Tab");
        stops.add(await page.evaluate(() => {
          const at = document.activeElement;
          return at === document.body ? "the browser" : at.closest(".sidebar") ? "the drawer" : at.outerHTML;
        }));
      }
      stops.delete("the browser");
      assert.deepEqual([...stops], ["the drawer"]);
      await page.keyboard.press("Escape");
      await page.waitForFunction(() => document.activeElement.matches(".menu") && !document.querySelector("[inert]"));
      await page.keyboard.press("Enter");
      await page.mouse.click(width - 5, 400);
      await page.waitForFunction(() => !document.querySelector(".sidebar:popover-open, [inert]"));
      await leave(page);
    });
  });
}

for (const width of [390, 900]) {
  test(`the contents stay at hand at ${width} px, say which part is read, and open over it`, async () => {
    const page = await visit(width, "/reference/diagnostics/");
    const summary = page.locator(".toc summary"), list = page.locator(".toc ul");
    await page.evaluate(() => scrollTo({ top: 9000, behavior: "instant" }));
    await page.waitForFunction(() => document.querySelector(".toc summary").dataset.now);
    const { top } = await page.evaluate(() => document.querySelector(".toc").getBoundingClientRect());
    assert.ok(top > 0 && top < 100, "it is under the top line");
    await summary.click();
    assert.equal(await list.locator("[aria-current]").textContent(), await summary.getAttribute("data-now"));
    assert.ok(await list.locator("[aria-current]").isVisible());
    assert.equal(await page.evaluate(() => scrollY), 9000, "the text has not moved");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    assert.ok(!(await list.isVisible()));
    assert.ok(await summary.evaluate((e) => e === document.activeElement));
    await summary.press("Enter");
    const link = list.locator("a").nth(3), id = (await link.getAttribute("href")).slice(1);
    await link.press("Enter");
    await page.waitForFunction((id) => {
      const heading = document.getElementById(id).getBoundingClientRect();
      return heading.top >= document.querySelector(".toc").getBoundingClientRect().bottom && heading.bottom < innerHeight / 2;
    }, id);
    assert.ok(!(await list.isVisible()));
    await leave(page);
  });
}

test("where a browser has no speculation rules, a link that is pointed at is fetched, once", async () => {
  const page = await site.visit(1440);
  await page.addInitScript(() => { HTMLScriptElement.supports = () => false; });
  await page.goto(HERE);
  const prefetched = () => page.locator("link[rel=prefetch]").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  const link = page.locator(".sidebar").getByRole("link", { name: "Hiring" });
  await link.hover();
  await page.locator(".home").hover();
  await link.hover();
  await page.locator(".sidebar [aria-current=page]").hover();
  assert.deepEqual(await prefetched(), ["/handbook/people/hiring/", "/"]);
  await page.context().close();
});

test("who wants to save data is left alone", async () => {
  const page = await site.visit(1440);
  await page.addInitScript(() => {
    HTMLScriptElement.supports = () => false;
    Object.defineProperty(navigator, "connection", { value: { saveData: true } });
  });
  await page.goto(HERE);
  await page.locator(".sidebar").getByRole("link", { name: "Hiring" }).hover();
  assert.equal(await page.locator("link[rel=prefetch]").count(), 0);
  await page.context().close();
});
