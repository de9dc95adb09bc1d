// Whether what we write is HTML, by html-validate, on every page of ours and of a handbook that others wrote.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate";
import { build, SITES, SOURCEGRAPH } from "./site.js";

const config = join(fileURLToPath(new URL(".", import.meta.url)), "html-validate.json");
const validator = new HtmlValidate(new FileSystemConfigLoader({ extends: [config], root: true }));

for (const name of Object.keys(SITES)) {
  describe(`${name} pages`, () => {
    const site = build(SITES[name]);
    after(() => site.remove());

    test("are valid", async () => {
      assert.ok(site.files.length > 3);
      const { results } = await validator.validateMultipleFiles(site.files.map((file) => join(site.out, file)));
      const faults = results.flatMap(({ filePath, messages }) =>
        messages.map((m) => `${filePath.slice(site.out.length + 1)}:${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
      assert.deepEqual(faults, []);
    });
  });
}

describe("pages that others wrote", { skip: !existsSync(SOURCEGRAPH) }, () => {
  const site = build(SOURCEGRAPH);
  after(() => site.remove());

  /** Whether the writer used HTML, whose faults are copied to the page as they are. */
  const hasTags = (file) => {
    const path = join(SOURCEGRAPH, "content", dirname(file));
    const source = [`${path}.md`, join(path, "index.md")].find(existsSync);
    return Boolean(source) && /<[a-z/!](?!ttps?:)/i.test(readFileSync(source, "utf8"));
  };

  test("are valid, but for the tags that the writers wrote", async (t) => {
    const faults = [];
    let whole = 0;
    for (const file of site.files) {
      let html = readFileSync(join(site.out, file), "utf8");
      if (hasTags(file)) html = html.replace(/<article>[^]*<\/article>/, "<article></article>");
      else whole += 1;
      const { results } = await validator.validateString(html, file);
      for (const m of results.flatMap(({ messages }) => messages)) {
        // A link without a text is the writer's too, and told by `check`; how to break a telephone number is taste.
        if (!["wcag/h30", "tel-non-breaking"].includes(m.ruleId)) faults.push(`${file}:${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
      }
    }
    t.diagnostic(`${site.files.length} pages, ${whole} of them without a tag by their writers`);
    assert.ok(whole > 500);
    assert.deepEqual(faults, []);
  });
});
