// What a reader takes away of code: by the button, by keyboard, by hand, on paper.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, SITES } from "./site.js";

let site;
before(async () => { site = await open(SITES.sample); });
after(() => site.close());

async function visit(width = 1440, options = {}) {
  const page = await site.visit(width, { permissions: ["clipboard-read", "clipboard-write"], ...options });
  await page.goto("/");
  return page;
}

/** The nth block of a language, and the button above it. */
const block = (page, language, n = 0) => page.locator(`pre.code:has(> .language-${language})`).nth(n);
const above = (page, language, n) => block(page, language, n).locator("xpath=preceding-sibling::*[1]");
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

describe("the button copies", () => {
  for (const [what, language, text] of [
    ["commands without prompts and output, and all of a command over two lines", "console",
      'docker run \\\n    --publish 4000:4000\necho done'],
    ["all of a block without prompts", "sh", 'echo "no prompt here" > file'],
    ["a diff as it leaves the code", "diff", "We are slow."],
    ["a diff of a language likewise", "yaml:has(ins)",
      'on-call: &team\n  - name: "primary" # ask first\n    hours: [8, 16] # earlier\n\n    weekend: false'],
    ["a diff with numbers without them", "python", 'def tide(day):\n  return moon(day) + lag("north")'],
    ["lines that are numbered and marked as they are", "ts",
      "const berths: Map<string, number> = new Map(); // a line that is much wider than a telephone and goes on\n" +
      "const north = /^n(orth)?$/i;\n\nexport { berths, north };"],
    ["anything else as it is", "html",
      '<!-- a page -->\n<a href="https://example.com/" class="external">Example &amp; more</a>'],
  ]) {
    test(what, async () => {
      const page = await visit();
      await block(page, language).hover();
      await above(page, language).getByRole("button", { name: "Copy code" }).click();
      await page.waitForFunction(() => document.querySelector(".copy [role=status]:not(:empty)"));
      assert.equal(await clipboard(page), text);
      await page.context().close();
    });
  }
});

describe("the button", () => {
  test("is a stop of the keyboard before its block, can be seen there, and says what it did", async () => {
    const page = await visit();
    await block(page, "sh").evaluate((pre) => pre.scrollIntoView({ block: "center" }));
    await block(page, "sh").focus();
    await page.keyboard.press("Shift+Tab");
    const button = above(page, "sh").getByRole("button", { name: "Copy code" });
    const status = above(page, "sh").getByRole("status");
    assert.ok(await button.evaluate((e) => e === document.activeElement));
    assert.equal(await button.evaluate((e) => getComputedStyle(e).opacity), "1");
    assert.equal(await status.textContent(), "");
    await page.keyboard.press("Enter");
    await status.getByText("Copied", { exact: true }).waitFor();
    assert.ok(await button.evaluate((e) => e === document.activeElement), "the focus stays");
    await page.waitForFunction(() => !document.querySelector(".copy [role=status]:not(:empty)"));
    await page.keyboard.press("Space");
    await status.getByText("Copied", { exact: true }).waitFor();
    assert.equal(await clipboard(page), 'echo "no prompt here" > file');
    await page.context().close();
  });

  test("shows itself to a mouse over the block, and always to a finger", async () => {
    const opacity = (page) => above(page, "html").locator("button").evaluate((e) => getComputedStyle(e).opacity);
    const desk = await visit();
    assert.equal(await opacity(desk), "0");
    await block(desk, "html").hover();
    assert.equal(await opacity(desk), "1");
    await desk.context().close();
    const phone = await visit(390, { hasTouch: true, isMobile: true });
    assert.equal(await opacity(phone), "1");
    await phone.context().close();
  });

  test("says so when the browser refuses", async () => {
    const page = await visit();
    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("no")); });
    await block(page, "sh").hover();
    await above(page, "sh").getByRole("button").click();
    await above(page, "sh").getByText("Not copied").waitFor();
    await page.context().close();
  });

  test("moves nothing, covers no code, and is big enough for a finger", async () => {
    const places = (page) => page.evaluate(() => [...document.querySelectorAll("article > *:not(.copy), pre")].map((e) => e.getBoundingClientRect().top + scrollY));
    for (const width of [390, 1440]) {
      const page = await visit(width, { hasTouch: true, isMobile: width < 600 });
      const faults = await page.evaluate(() => [...document.querySelectorAll(".copy button")].flatMap((button) => {
        const box = button.getBoundingClientRect(), pre = button.parentNode.nextElementSibling;
        const first = document.createRange();
        first.selectNodeContents(pre);
        const covers = [...first.getClientRects()].some((r) => r.width && r.top < box.bottom - 1 && r.right > box.left && r.bottom > box.top + 1);
        return covers || box.height < 24 || box.width < 24 || box.right > innerWidth ? [pre.textContent.slice(0, 40)] : [];
      }));
      assert.deepEqual(faults, []);
      const plain = await visit(width, { javaScriptEnabled: false, hasTouch: true, isMobile: width < 600 });
      assert.deepEqual(await places(page), await places(plain));
      await page.context().close();
      await plain.context().close();
    }
  });

  test("is not there without JavaScript, nor without a clipboard", async () => {
    const plain = await visit(1440, { javaScriptEnabled: false });
    assert.equal(await plain.locator(".copy").count(), 0);
    await plain.context().close();
    const page = await site.visit(1440);
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined }));
    await page.goto("/");
    assert.equal(await page.locator(".copy").count(), 0);
    await page.context().close();
  });
});

describe("text selected by hand", () => {
  for (const [what, language, text] of [
    ["has no numbers, and each line once", "ts", "const north = /^n(orth)?$/i;\n\nexport { berths, north };"],
    ["has no marks", "python", 'def tide(day):\n  return moon(day)  # too simple\n  return moon(day) + lag("north")'],
  ]) {
    test(what, async () => {
      const page = await visit();
      const selected = await block(page, language).evaluate((pre) => {
        getSelection().selectAllChildren(pre);
        return getSelection().toString();
      });
      assert.ok(selected.trimEnd().endsWith(text), JSON.stringify(selected));
      await page.keyboard.press("Control+C");
      assert.ok((await clipboard(page)).trimEnd().endsWith(text), JSON.stringify(await clipboard(page)));
      await page.context().close();
    });
  }
});

describe("lines", () => {
  test("are marked from edge to edge, also where they are scrolled", async () => {
    for (const width of [390, 1440]) {
      const page = await visit(width);
      const faults = await page.evaluate(() => [...document.querySelectorAll(".code .l")].flatMap((line) => {
        const pre = line.closest("pre"), box = line.getBoundingClientRect(), frame = pre.getBoundingClientRect();
        return box.left > frame.left + 1 || box.width < pre.scrollWidth - 20 ? [`${line.textContent}${box.width} ${pre.scrollWidth}`] : [];
      }));
      assert.deepEqual(faults, []);
      await page.context().close();
    }
  });

  test("stand in the columns of the lines that are not marked", async () => {
    const page = await visit();
    const columns = await page.evaluate(() => [...document.querySelectorAll(".code:has(.l) > code")].map((code) => {
      const nodes = [...code.childNodes].filter((node) =>
        /^\S/.test(node.textContent) && (node.previousSibling?.textContent.endsWith("\n") ?? true));
      return new Set(nodes.map((node) => {
        const range = document.createRange(), text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT).nextNode() ?? node;
        range.setStart(text, 0);
        range.setEnd(text, 1);
        return Math.round(range.getBoundingClientRect().left);
      })).size;
    }));
    assert.ok(columns.length >= 4 && columns.every((count) => count === 1), columns.join());
    await page.context().close();
  });

  test("are said to be added or removed", async () => {
    const page = await visit();
    const tree = await block(page, "python").ariaSnapshot();
    assert.match(tree, /deletion/);
    assert.match(tree, /insertion/);
    await page.context().close();
  });

  test("are all on paper", async () => {
    const page = await visit();
    await page.emulateMedia({ media: "print" });
    const cut = await page.evaluate(() => [...document.querySelectorAll("pre")].filter((pre) => pre.scrollWidth > pre.clientWidth + 1).map((pre) => pre.textContent));
    assert.deepEqual(cut, []);
    assert.equal(await page.locator(".copy button:visible").count(), 0);
    await page.context().close();
  });
});
