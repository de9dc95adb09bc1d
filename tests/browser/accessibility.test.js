// What axe-core finds on each kind of page, in light and in dark, with all that opens closed and open. It sees less than a person, and misses nothing of it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createRequire } from "node:module";
import { open, SITES } from "./site.js";

/** The narrowest that WCAG 1.4.10 asks for, a tablet, a desk. */
const WIDTHS = [320, 768, 1440];
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const OWN = {
  "the first page": "/",
  "an article with code": "/guide/link-pages/",
  "an article with a table, footnotes and alerts": "/reference/markdown/",
  "a long article": "/reference/diagnostics/",
  "a page of the example handbook": "/handbook/company/business-model/",
  "the page of a folder": "/handbook/people/",
  "the list of all pages": "/a-z/",
  "the page where there is nothing": "/nowhere/",
};
const SAMPLE = { "a page with everything": "/", "a page with all components": "/components/" };

async function violations(page, part = "html") {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: axe });
  return page.evaluate(async (part) => {
    const { violations } = await window.axe.run(part);
    // It takes the contents for closed where our style sheet shows them; that they are stops of the keyboard is
    // tested in use.test.js.
    const known = (id, node) => id === "scrollable-region-focusable" && node.html.startsWith('<aside class="toc"');
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.filter((node) => !known(id, node)).slice(0, 5).map((node) =>
        `${id}: ${help}: ${node.html.slice(0, 150)} ${node.any[0]?.message ?? ""}`));
  }, part);
}

for (const [name, pages] of [["own", OWN], ["sample", SAMPLE]]) {
  describe(`${name} pages`, () => {
    let site;
    before(async () => { site = await open(SITES[name]); });
    after(() => site.close());

    for (const [kind, url] of Object.entries(pages)) {
      for (const colorScheme of ["light", "dark"]) {
        test(`${kind}, ${colorScheme}`, async () => {
          const page = await site.visit(WIDTHS[0], { colorScheme });
          await page.goto(url);
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 700 });
            assert.deepEqual(await violations(page), [], `at ${width} px`);
            await page.evaluate(() => { for (const fold of document.querySelectorAll("details")) fold.open = true; });
            assert.deepEqual(await violations(page), [], `at ${width} px with open folds`);
            if (await page.locator(".menu").isVisible()) {
              await page.locator(".menu").click();
              assert.deepEqual(await violations(page, ".sidebar"), [], `at ${width} px with the drawer open`);
              await page.keyboard.press("Escape");
            }
          }
          await page.context().close();
        });
      }
    }
  });
}
