// What `handbook schema` prints, as an editor reads it: JSON Schema 2020-12 that takes what is right and tells what is not.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = resolve(process.env.HANDBOOK ?? join(root, "target/release/handbook"));

/** What the program prints in a folder. */
function printed(dir, ...args) {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: dir, encoding: "utf8" });
  assert.deepEqual([stderr, status], ["", 0]);
  return stdout;
}

/** Compiles what the program prints in a folder. Strict, so that a misspelt word of the language is found as well. */
function compiled(dir, ...of) {
  const schema = JSON.parse(printed(dir, "schema", ...of));
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  const ajv = addFormats(new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }));
  assert.ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors, null, 1));
  return ajv.compile(schema);
}

/** The same for a handbook with these settings. */
function declared(settings) {
  const dir = mkdtempSync(join(tmpdir(), "handbook-schema-"));
  try {
    mkdirSync(join(dir, "content"));
    writeFileSync(join(dir, "handbook.toml"), settings);
    return compiled(dir, "front-matter");
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function takes(validate, value) {
  assert.ok(validate(value), `${JSON.stringify(value)}: ${JSON.stringify(validate.errors)}`);
}

function refuses(validate, ...values) {
  for (const value of values) assert.equal(validate(value), false, JSON.stringify(value));
}

/** Reads the little YAML that our own pages have in their front matter, and no other. */
function frontMatter(text) {
  const [, head] = /^---\n(.*?)^---$/ms.exec(text) ?? [];
  const matter = {};
  let list;
  for (const line of head?.split("\n").filter(Boolean) ?? []) {
    const item = /^ +- (.+)$/.exec(line);
    const entry = /^(\w+):(?: (.+))?$/.exec(line);
    assert.ok(item || entry, `too much YAML for this test: ${line}`);
    if (item) list.push(item[1]);
    else if (entry[2] === undefined) list = matter[entry[1]] = [];
    else matter[entry[1]] = /^(true|false|null|\d+)$/.test(entry[2]) ? JSON.parse(entry[2]) : entry[2];
  }
  return matter;
}

test("the front matter of our own pages is right", () => {
  const validate = compiled(root, "front-matter");
  const pages = readdirSync(join(root, "content"), { recursive: true }).filter((path) => path.endsWith(".md"));
  let keys = 0;
  for (const page of pages) {
    const matter = frontMatter(readFileSync(join(root, "content", page), "utf8"));
    keys += Object.keys(matter).length;
    assert.ok(validate(matter), `${page}: ${JSON.stringify(validate.errors)}`);
  }
  assert.ok(pages.length > 20 && keys > pages.length, `${keys} keys in ${pages.length} pages`);
});

test("front matter takes what a page may say", () => {
  const validate = compiled(root, "front-matter");
  for (const right of [
    {},
    { title: "Pay", showTitle: true, order: 1.5, draft: false, seo: { metaTitle: "Pay at Acme" } },
    // Read as another kind of value, and taken as written.
    { title: 2024, owner: 42, review_by: "2026-12-31" },
    { sidebar: null }, { sidebar: false }, { sidebar: "Handbook" },
    { aliases: "/old/" }, { aliases: ["/old/", "/older/"] }, { tags: ["pay", 2024] }, { author: "Ines" },
    // A key without a value.
    { title: null, draft: null, order: null, seo: null, tags: null },
    { a_key_of_ones_own: { with: ["anything"] } },
  ]) takes(validate, right);
});

test("front matter tells what is wrong", () => {
  refuses(
    compiled(root, "front-matter"),
    { title: ["Pay"] }, { showTitle: "yes" }, { draft: "true" }, { order: "first" }, { sidebar: true },
    { aliases: [1] }, { aliases: { from: "/old/" } }, { seo: "Pay" }, { seo: { metaTitle: ["Pay"] } }, { tags: [["pay"]] },
  );
});

test("front matter knows the keys that a site declares", () => {
  const validate = declared(`
[front_matter]
owner = { type = "string", required = true, description = "Who answers for the page" }
team = { enum = ["people", "sales", 3] }
areas = { type = "list", enum = ["north", "south"] }
starts = "date"
[front_matter."people/**"]
level = { type = "integer", required = true }
`);
  takes(validate, { owner: "Ines", team: "sales", areas: ["north"], starts: "2026-01-31" });
  takes(validate, { owner: "Ines", team: 3, starts: null });
  takes(validate, { owner: "Ines", team: ["sales", 3] });
  refuses(validate, {}, { owner: null }, { owner: 3 });
  refuses(validate, { owner: "x", team: "legal" }, { owner: "x", team: ["legal"] }, { owner: "x", areas: ["east"] });
  refuses(validate, { owner: "x", starts: "soon" }, { owner: "x", level: "high" });
});

test("settings take what they may say", () => {
  const validate = compiled(root, "config");
  for (const right of [
    {},
    // As this repository's own say it.
    { title: "handbook", base_url: "https://handbook.example" },
    { levels: { "broken-link": "warn", "archive/**": { "stale-page": "off" }, "people/pay.md": { "two-h1": "error" } } },
    { links: { elsewhere: ["/pricing", "/docs/**"], retired: ["/old/"] } },
    { external: { skip: ["https://example.org/**"], timeout: 5, max_age: 30 } },
    { front_matter: { owner: "string", team: { enum: ["a", 1, 1.5, true], required: true }, "people/**": { level: "integer" } } },
    { serve: { editor: "vscode://file/{path}:{line}:{column}" } },
  ]) takes(validate, right);
});

test("settings tell what is wrong", () => {
  refuses(
    compiled(root, "config"),
    { titel: "Acme" }, { title: 1 }, { levels: { "broken-lnik": "warn" } }, { levels: { "broken-link": "warning" } },
    { levels: { "archive/**": "off" } }, { links: { elsewhere: "/pricing" } }, { links: { elsewhere: ["pricing"] } },
    { external: { timeout: 0 } }, { external: { skip: ["example.org"] } }, { front_matter: { owner: "text" } },
    { front_matter: { owner: { kind: "string" } } }, { serve: { port: 1 } },
  );
});

test("both together are a schema too", () => {
  const { $defs } = JSON.parse(printed(root, "schema"));
  assert.deepEqual(Object.keys($defs).sort(), ["config", "front-matter"]);
  compiled(root);
});
