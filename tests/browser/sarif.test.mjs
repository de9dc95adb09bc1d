// What `handbook check --format sarif` prints, held against the published schema and what code scanning asks for.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = resolve(process.env.HANDBOOK ?? join(root, "target/release/handbook"));

const schema = new URL(import.meta.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"));
// One of its patterns is none when it is read as Unicode.
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
const validate = addFormats(ajv).compile(JSON.parse(readFileSync(schema, "utf8")));

/** The log of a check of these files, run in their folder. */
function log(files) {
  const dir = mkdtempSync(join(tmpdir(), "handbook-sarif-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    return checked(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function checked(dir) {
  const { stdout, stderr } = spawnSync(program, ["check", "--format", "sarif"], { cwd: dir, encoding: "utf8", maxBuffer: 1e9 });
  assert.equal(stderr, "");
  const log = JSON.parse(stdout);
  assert.ok(validate(log), JSON.stringify(validate.errors, null, 1));
  return log;
}

test("a site with mistakes is a valid log", () => {
  const { runs } = log({
    "content/index.md": "# Home\r\n\r\nä 😀 [50% off](a%25b.md) and [again](a%25b.md)\r\n\r\n```pyhton\nx\n```\n",
    "content/people/a, b#ä %.md": "---\nshowTitle: maybe\n---\n\n[here](#nowhere) ![x](gone.png) <Gone>\n",
    "content/people/latin.md": Buffer.from([0x23, 0x20, 0xe4, 0x0a]),
    "content/sidebars.yaml": "Handbook:\n  - gone\n",
  });
  assert.equal(runs.length, 1);
  const [{ tool, results }] = runs;
  assert.ok(results.length >= 8, JSON.stringify(results, null, 1));
  for (const result of results) {
    assert.equal(tool.driver.rules[result.ruleIndex].id, result.ruleId);
    const [{ physicalLocation }] = result.locations;
    const path = decodeURIComponent(physicalLocation.artifactLocation.uri);
    assert.match(path, /^content\//);
    // Services resolve it as a URL does.
    assert.equal(decodeURIComponent(new URL(physicalLocation.artifactLocation.uri, "file:///").pathname), `/${path}`);
  }
  const fingerprints = results.map((result) => result.partialFingerprints["handbookReport/v1"]);
  assert.equal(new Set(fingerprints).size, results.length);
  assert.ok(results.some((result) => result.locations[0].physicalLocation.region === undefined));
});

test("a site without mistakes is a valid log too, with all rules and no result", () => {
  const [run] = log({ "content/index.md": "# Home\n" }).runs;
  assert.deepEqual(run.results, []);
  for (const { id, shortDescription, fullDescription, help } of run.tool.driver.rules) {
    // What code scanning takes of each.
    assert.match(id, /^[a-z0-9-]{1,255}$/);
    for (const { text } of [shortDescription, fullDescription]) assert.ok(text.length > 10 && text.length <= 1024, id);
    assert.ok(help.text.length > 60 && help.markdown.length > 60, id);
  }
});

test("an empty folder is a valid log", () => {
  assert.deepEqual(log({}).runs[0].results, []);
});

test("the schema would tell", () => {
  const broken = log({ "content/index.md": "[a](b.md)\n" });
  broken.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
  assert.equal(validate(broken), false);
});

// By hand: HANDBOOK_CORPUS=../handbook-of-another node --test sarif.test.mjs
test("a large handbook is a valid log", { skip: !process.env.HANDBOOK_CORPUS }, () => {
  const [{ results }] = checked(process.env.HANDBOOK_CORPUS).runs;
  console.log(`${results.length} results`);
});
