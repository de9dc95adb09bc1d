// What axe-core finds on each kind of page, in light and in dark. It sees less than a person, and misses nothing of it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createRequire } from "node:module";
import { open, SITES } from "./site.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const OWN = {
  "the first page": "/",
  "an article with code": "/guide/link-pages/",
  "an article with a table, footnotes and alerts": "/reference/markdown/",
  "a long article": "/reference/diagnostics/",
  "a page of the example handbook": "/handbook/company/business-model/",
  "the page of a folder": "/handbook/people/",
  "the page where there is nothing": "/nowhere/",
};
const SAMPLE = { "a page with everything": "/" };

async function violations(page, part = "html") {
  await page.addScriptTag({ path: axe });
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
      // Colours do not depend on the width, nor the order of things on the colours.
      for (const [colorScheme, width] of [["light", 1440], ["dark", 390]]) {
        test(`${kind}, ${colorScheme}, ${width} px`, async () => {
          const page = await site.visit(width, { colorScheme });
          await page.goto(url);
          assert.deepEqual(await violations(page), []);
          await page.context().close();
        });
      }
    }

    if (name === "sample") {
      test("the open drawer", async () => {
        const page = await site.visit(390);
        await page.goto("/");
        await page.locator(".menu").click();
        assert.deepEqual(await violations(page, ".sidebar"), []);
        await page.context().close();
      });
    }
  });
}
