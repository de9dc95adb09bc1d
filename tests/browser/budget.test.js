// What a first visit costs a reader, and what is there without a script. On a page of Sourcegraph's handbook where
// that is at hand, so that it can be held beside the figures of others; else on our longest page.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { open, SITES, SOURCEGRAPH } from "./site.js";

const [DIR, HERE] = existsSync(SOURCEGRAPH)
  ? [SOURCEGRAPH, "/departments/engineering/dev/process/incidents/"]
  : [SITES.own, "/reference/markdown/"];
const KB = 1000;

describe(`a first visit of ${HERE}`, () => {
  let site;
  before(async () => { site = await open(DIR); });
  after(() => site.close());

  test("takes at most 30 KB and 6 requests, all from the site, and fails at nothing", async (t) => {
    const page = await site.visit(390);
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    const types = new Map(), sizes = new Map(), faults = [];
    network.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
    network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => {
      // Pictures of other sites are the writers' own.
      if (!request.url().startsWith(site.origin) && request.resourceType() !== "image") faults.push(request.url());
    });
    await page.goto(HERE, { waitUntil: "networkidle" });
    const bytes = [...sizes].filter(([id]) => types.get(id) !== "Image").map(([, size]) => size);
    const sum = bytes.reduce((a, b) => a + b, 0);
    t.diagnostic(`${bytes.length} requests, ${(sum / KB).toFixed(1)} KB`);
    assert.ok(bytes.length >= 3, "the page, its style and its script were counted");
    assert.ok(bytes.length <= 6, `${bytes.length} requests`);
    assert.ok(sum <= 30 * KB, `${sum} bytes`);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  for (const width of [390, 1440]) {
    test(`begins with a way past the sidebar at ${width} px`, async () => {
      const page = await site.visit(width);
      await page.goto(HERE);
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement.localName), "main");
      await page.context().close();
    });

    test(`lays out at most 80 links of the sidebar at ${width} px, and the current one is in view`, async (t) => {
      const page = await site.visit(width);
      await page.goto(HERE);
      if (width === 390) await page.locator(".menu").press("Enter");
      const links = await page.locator(".sidebar a:visible").count();
      t.diagnostic(`${links} links`);
      assert.ok(links > 3 && links <= 80, `${links} links`);
      const box = await page.locator(".sidebar [aria-current=page]").boundingBox();
      const { width: wide, height } = page.viewportSize();
      assert.ok(box.height > 0 && box.y >= 0 && box.y + box.height <= height && box.x >= 0 && box.x + box.width <= wide, JSON.stringify(box));
      await page.context().close();
    });
  }

  test("brings at most 8 KB of script", (t) => {
    const html = readFileSync(join(site.out, HERE, "index.html"), "utf8");
    const scripts = [...html.matchAll(/<script(?![^>]*ld\+json)(?:[^>]*? src="([^"]+)")?[^>]*>([^]*?)<\/script>/g)];
    const bytes = scripts.map(([, src, text]) =>
      gzipSync(src ? readFileSync(join(site.out, new URL(src, `${site.origin}${HERE}`).pathname)) : text).length);
    t.diagnostic(`${bytes.reduce((a, b) => a + b)} bytes`);
    assert.ok(scripts.length >= 2);
    assert.ok(bytes.reduce((a, b) => a + b) <= 8 * KB);
  });

  test("brings at most 9 KB of style", (t) => {
    const size = gzipSync(readFileSync(join(site.out, "assets/handbook.css"))).length;
    t.diagnostic(`${size} bytes`);
    assert.ok(size <= 9 * KB);
  });

  test("has lines of 60 to 72 letters where there is room", async (t) => {
    const page = await site.visit(1440);
    await page.goto(HERE);
    const letters = await page.evaluate(() => {
      const full = [...document.querySelectorAll("article > p")].flatMap((p) => {
        const lines = Math.round(p.offsetHeight / parseFloat(getComputedStyle(p).lineHeight));
        return lines > 2 ? [p.textContent.length / (lines - 0.5)] : []; // the last line is half a line
      });
      return full.reduce((a, b) => a + b, 0) / full.length;
    });
    t.diagnostic(`${letters.toFixed(1)} letters`);
    assert.ok(letters >= 60 && letters <= 72, `${letters} letters`);
    await page.context().close();
  });

  test("can be read without a script", async () => {
    const texts = [];
    for (const javaScriptEnabled of [true, false]) {
      const page = await site.visit(1440, { javaScriptEnabled });
      await page.goto(HERE);
      texts.push(await page.locator("article").evaluate((article) => article.innerText));
      await page.context().close();
    }
    assert.ok(texts[1].length > 2000);
    // The script adds buttons, and takes nothing away.
    const words = new Set(texts[1].split(/\s+/));
    const lost = texts[0].split(/\s+/).filter((word) => word && word !== "Copy" && !words.has(word));
    assert.deepEqual(lost, []);
  });
});
