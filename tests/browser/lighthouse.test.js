// What Lighthouse gives five kinds of page on a phone with a slow connection. Runs differ, so the median counts;
// RUNS says of how many.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { build, CHROMIUM, FLAGS, serve, SITES } from "./site.js";

const RUNS = Number(process.env.RUNS ?? 3);

const PAGES = {
  "the first page": ["own", "/"],
  "a long article": ["own", "/reference/diagnostics/"],
  "the page of a folder": ["own", "/handbook/people/"],
  "a page with all components": ["sample", "/components/"],
  "the page where there is nothing": ["own", "/404.html"],
};

/** It is no page to be found by searching, and says so. */
const MEANT = { "/404.html": ["is-crawlable"] };

const ALL = ["accessibility", "best-practices", "seo"];

/** What takes points: the audits that count and did not pass. */
function faults({ audits, categories }, meant = []) {
  return ALL.flatMap((category) => categories[category].auditRefs)
    .filter(({ id, weight }) => weight > 0 && !meant.includes(id))
    .map(({ id }) => audits[id])
    .filter(({ score }) => score !== null && score < 1)
    .map(({ id, title, details }) => `${id}: ${title} ${JSON.stringify(details?.items ?? "").slice(0, 600)}`);
}

describe("Lighthouse", () => {
  const sites = {};
  let browser;
  before(async () => {
    for (const name of Object.keys(SITES)) {
      const site = build(SITES[name]);
      sites[name] = { ...site, ...(await serve(site.out)) };
    }
    browser = await launch({ chromePath: CHROMIUM, chromeFlags: ["--headless", ...FLAGS] });
  });
  after(async () => {
    await browser?.kill();
    for (const site of Object.values(sites)) {
      site.close();
      site.remove();
    }
  });

  for (const [kind, [name, url]] of Object.entries(PAGES)) {
    test(kind, async (t) => {
      const speeds = [];
      for (let run = 0; run < RUNS; run += 1) {
        const { lhr } = await lighthouse(sites[name].origin + url, {
          port: browser.port,
          logLevel: "silent",
          onlyCategories: ["performance", ...ALL],
        });
        assert.equal(lhr.runtimeError, undefined);
        assert.deepEqual(faults(lhr, MEANT[url]), []);
        assert.equal(lhr.audits["cumulative-layout-shift"].numericValue, 0, "something moves while the page loads");
        speeds.push(Math.round(lhr.categories.performance.score * 100));
      }
      t.diagnostic(`performance: ${speeds.join(", ")}`);
      const median = speeds.sort((a, b) => a - b)[RUNS >> 1];
      assert.ok(median >= 99, `performance: ${speeds.join(", ")}`);
    });
  }
});
