// What stands where something keeps a script away: the page is all there, and the policy that our handbook names is enough.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { open, SITES } from "./site.js";

const HERE = "/components/";
const guide = readFileSync(join(SITES.own, "content/guide/run-in-ci.md"), "utf8");
const policy = guide.match(/^Content-Security-Policy: ([^`]+?)$/m)[1];

const dir = mkdtempSync(join(tmpdir(), "handbook-blocked-"));
let site;
before(async () => {
  cpSync(SITES.sample, dir, { recursive: true });
  writeFileSync(join(dir, "handbook.toml"), 'title = "Sample"\n[announcement]\ntext = "We **move**."\n');
  writeFileSync(join(dir, "content/due.md"), "---\nreview_by: 2026-03-31\n---\n# Due\n\n```math\n\\frac{1}{2}\n```\n");
  site = await open(dir, { "content-security-policy": policy });
});
after(async () => {
  await site.close();
  rmSync(dir, { recursive: true });
});

describe("the policy in our handbook", () => {
  test("names each script that stands in a page, and no other", () => {
    const hashes = new Set();
    for (const file of site.files) {
      const html = readFileSync(join(site.out, file), "utf8");
      for (const [, text] of html.matchAll(/<script(?: type="speculationrules")?>([^]*?)<\/script>/g)) {
        hashes.add(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
      }
    }
    assert.deepEqual(policy.match(/'sha256-[^']+'/g).sort(), [...hashes].sort());
  });

  test("breaks nothing", async () => {
    const page = await site.visit(1440);
    const faults = [];
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => console.error(event.violatedDirective, event.sample)));
    for (const url of site.urls) {
      await page.goto(url);
      await page.waitForLoadState("networkidle");
      assert.ok(await page.locator(".announcement button").isVisible(), "the announcement's script has run");
    }
    await page.goto("/due/");
    assert.ok(await page.locator("[data-review-by]").isVisible());
    await page.goto(HERE);
    await page.locator(".theme").click();
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
    const box = page.locator(".tabs").first();
    await box.getByRole("tab").nth(1).click();
    assert.ok(await box.locator(":scope > .tab").nth(1).isVisible());
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});

for (const [what, stop] of [
  ["does not come", (route) => route.abort()],
  ["is not there", (route) => route.fulfill({ status: 404, body: "" })],
  ["cannot be read", (route) => route.fulfill({ contentType: "text/javascript", body: "(() => {" })],
  ["fails before its end", async (route) => {
    const script = await (await route.fetch()).text();
    route.fulfill({ contentType: "text/javascript", body: script.replace("root.classList.add(\"ran\")", "nothing()") });
  }],
]) {
  test(`where the script ${what}, all of the page is shown`, async () => {
    const page = await site.visit(1440);
    await page.route(/handbook\.js/, stop);
    await page.goto(HERE);
    const panels = await page.locator("article > .tabs > .tab").all();
    assert.ok(panels.length > 3);
    for (const panel of panels) {
      assert.ok(await panel.isVisible());
      // With its label, since no tab says what it is.
      assert.ok(await panel.locator("> .tab-label").isVisible());
    }
    assert.equal(await page.locator(".tab-list, .theme, .embed > button, .provenance button").filter({ visible: true }).count(), 0);
    assert.equal(await page.locator(".embed a").filter({ visible: true }).count(), await page.locator(".embed").count());
    await page.context().close();
  });
}

test("where no script may stand in the page, the file does it all", async () => {
  const page = await site.visit(1440);
  await page.route(`**${HERE}`, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), "content-security-policy": "script-src 'self'" };
    route.fulfill({ response, headers });
  });
  await page.goto(HERE);
  const box = page.locator(".tabs").first();
  await box.getByRole("tab").nth(1).click();
  assert.ok(await box.locator(":scope > .tab").nth(1).isVisible());
  assert.ok(!(await box.locator(":scope > .tab").nth(0).isVisible()));
  assert.ok(await page.locator(".theme").isVisible());
  await page.context().close();
});

test("the script moves nothing, however late it comes", async () => {
  for (const delay of [0, 300]) {
    const page = await site.visit(390);
    await page.route(/handbook\.js/, async (route) => {
      await new Promise((over) => setTimeout(over, delay));
      route.continue();
    });
    await page.goto(HERE);
    const shifts = await page.evaluate(() => new Promise((done) => {
      new PerformanceObserver((list) => done(list.getEntries().map((entry) => entry.value))).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done([]), 300);
    }));
    assert.deepEqual(shifts, [], `${delay} ms late`);
    await page.context().close();
  }
});
