// Whether what we write is HTML, by html-validate, on every page.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate";
import { build, SITES } from "./site.js";

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
