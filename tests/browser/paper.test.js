// A page as it is handed out on paper: it names its site, has no buttons, and says where its links lead, once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, SITES } from "./site.js";

let own, sample;
before(async () => { [own, sample] = await Promise.all([open(SITES.own), open(SITES.sample)]); });
after(() => Promise.all([own.close(), sample.close()]));

/** A page as it is printed, by somebody who reads in the dark. */
async function paper(site, url) {
  const page = await site.visit(794, { colorScheme: "dark" });
  await page.goto(url);
  await page.emulateMedia({ media: "print" });
  return page;
}

test("says whose it is and where it is from", async () => {
  const page = await paper(own, "/reference/markdown/");
  assert.equal(await page.locator(".home").innerText(), "handbook");
  const address = await page.evaluate(() => getComputedStyle(document.querySelector(".top"), "::after").content);
  assert.equal(address, '"https://handbook.example/reference/markdown/"');
  await page.context().close();
});

test("has neither buttons nor ways to other pages, and is black on white", async () => {
  const page = await paper(own, "/reference/markdown/");
  assert.equal(await page.locator("button:visible, .sidebar:visible, .toc:visible, .pager:visible, .foot:visible").count(), 0);
  assert.deepEqual(
    await page.evaluate(() => (({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))),
    ["rgb(0, 0, 0)", "rgb(255, 255, 255)"],
  );
  await page.context().close();
});

test("spells out where a link leads, unless the link does", async () => {
  const page = await paper(sample, "/");
  const added = await page.locator('article a[href^="http"]').evaluateAll((all) =>
    all.map((a) => [a.textContent, getComputedStyle(a, "::after").content]));
  const said = new Map(added);
  assert.equal(said.get("out of the site"), '" (https://example.com/)"');
  const bare = added.filter(([text]) => text.startsWith("https://"));
  assert.ok(bare.length);
  for (const [text, after] of bare) assert.equal(after, "none", text);
  await page.context().close();
});
