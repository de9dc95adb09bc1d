// Every page of our own handbook at every width: what must hold wherever a reader is.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, SITES, WIDTHS } from "./site.js";

let site;
before(async () => { site = await open(SITES.own); });
after(() => site.close());

/** What a reader sees of the page that is open. */
const look = (page) => page.evaluate(() => {
  const link = (a) => ({ text: a.textContent.replace(/^(Previous|Next)\s+/, "").trim(), url: new URL(a.href).pathname });
  const one = (selector) => [...document.querySelectorAll(selector)].map(link)[0];
  const current = document.querySelector(".sidebar [aria-current='page']");
  const box = current?.getBoundingClientRect();
  const wide = [...document.querySelectorAll("body *")].filter((e) => {
    const { right, left, width } = e.getBoundingClientRect();
    // What lies in a box that scrolls, or is cut, may be wider than the page.
    return width && (right > innerWidth + 1 || left < -1) && !e.closest("pre, .table, .sidebar, .toc, .skip");
  });
  return {
    h1: [...document.querySelectorAll("h1")].map((h1) => h1.textContent),
    overflow: document.documentElement.scrollWidth - innerWidth,
    wide: wide.map((e) => e.outerHTML.slice(0, 100)),
    sidebar: document.querySelector(".sidebar")?.getAttribute("aria-label"),
    current: current && link(current),
    currents: document.querySelectorAll(".sidebar [aria-current='page']").length,
    inView: Boolean(box?.height) && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0,
    crumbs: [...document.querySelectorAll(".crumbs a")].map(link),
    previous: one(".pager [rel=prev]"),
    next: one(".pager [rel=next]"),
    title: document.title,
    // The pages that the program makes for folders lead on, and no page leads to them.
    passedBy: Boolean(document.querySelector("article > .contents")),
    tables: [...document.querySelectorAll("article table")].map((table) => {
      const box = table.closest("[tabindex='0']");
      return Boolean(box?.getAttribute("role") && box.getAttribute("aria-label"));
    }),
  };
});

for (const width of WIDTHS) {
  describe(`at ${width} px`, () => {
    const seen = new Map();
    const faults = [];

    before(async () => {
      const page = await site.visit(width);
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) faults.push(`${page.url()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
      page.on("requestfailed", (request) => {
        // A picture that was still on its way when we went on is no fault.
        const why = request.failure().errorText;
        if (why !== "net::ERR_ABORTED") faults.push(`${page.url()}: ${why} for ${request.url()}`);
      });
      page.on("response", (response) => {
        if (!response.ok()) faults.push(`${page.url()}: ${response.status()} for ${response.url()}`);
      });
      page.on("request", (request) => {
        if (!request.url().startsWith(site.origin)) faults.push(`${page.url()}: asks for ${request.url()}`);
      });
      for (const url of site.urls) {
        await page.goto(url);
        seen.set(url, await look(page));
      }
      await page.context().close();
    });

    const every = (what, holds) => test(what, () => {
      assert.ok(seen.size > 20, "our handbook has pages");
      const wrong = [...seen].filter(([url, page]) => !holds(page, url)).map(([url, page]) => ({ url, ...page }));
      assert.deepEqual(wrong, []);
    });

    test("nothing fails, and nobody else is asked for anything", () => assert.deepEqual(faults, []));
    every("a page has one first heading and a title", (page) => page.h1.length === 1 && page.title);
    every("nothing is wider than the window", (page) => page.overflow <= 0 && !page.wide.length);
    every("every table can be scrolled by keyboard and has a name", (page) => page.tables.every(Boolean));
    every("the sidebar shows where the reader is", (page, url) =>
      // The pages that the program makes for folders may be in no sidebar of ours.
      (page.current ? page.current.url === url && page.currents === 1 : !page.previous && !page.next));
    if (width >= 900) every("the place in the sidebar is in view", (page) => !page.current || page.inView);

    const leads = (link) => {
      const there = seen.get(link.url);
      return there && (there.h1[0] === link.text || there.current?.text === link.text);
    };
    every("breadcrumbs lead where they say", (page) => page.crumbs.every(leads));
    every("previous and next lead where they say, and back", (page, url) =>
      (!page.next || (leads(page.next) && (page.passedBy || seen.get(page.next.url).previous?.url === url))) &&
      (!page.previous || (leads(page.previous) && (page.passedBy || seen.get(page.previous.url).next?.url === url))));

    test("one can read on from the first page of the sidebar to the last", () => {
      for (const sidebar of new Set([...seen.values()].map((page) => page.sidebar).filter(Boolean))) {
        const pages = [...seen].filter(([, page]) => page.sidebar === sidebar && !page.passedBy && (page.previous || page.next));
        const starts = pages.filter(([, page]) => !page.previous);
        assert.equal(starts.length, 1, `pages of ${sidebar} without a previous one`);
        let count = 1;
        for (let page = starts[0][1]; page.next; page = seen.get(page.next.url)) count += 1;
        assert.equal(count, pages.length);
      }
    });
  });
}
