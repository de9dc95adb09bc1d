// How long a writer waits: from the start of `handbook serve` to its first page, and from a save to the change on the
// screen of an open tab.
//
//     (cd tests/browser && npm ci)                  once
//     cargo build --release
//     node benches/preview.mjs [--pages 10000] [--edits 50] [--dir FOLDER]
//
// HANDBOOK names another binary, CHROMIUM another browser. The site is written anew each time, always the same: pages of
// about 3 KB with 12 links, in folders of up to 40; into memory where there is a /dev/shm, else into the temporary
// folder. With --dir a copy of that site is measured instead.
//
// Columns, each a median in milliseconds and together about the total: `notice` from the save until the tab hears of it,
// without `refresh`, so it holds the quiet time of 10 ms that ends a save, and the event's way; `refresh` is what the
// server says of itself in its terminal, in whole milliseconds: read, parse, assemble, resolve; `fetch` holds rendering;
// `swap` is comparing and putting in; `paint` the wait for the browser's next frame, of which there are 60 a second.
// Look at the load before you believe a figure.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { folder, freePort, launch, serve } from "../tests/browser/preview.js";

const { values: options } = parseArgs({
  options: { pages: { type: "string", default: "10000" }, edits: { type: "string", default: "50" }, dir: { type: "string" } },
});
const PAGES = Number(options.pages), EDITS = Number(options.edits);
const BUDGETS = { start: 1000, "text edit": [50, 100], "title edit": [100], "new file": [100] };

const path = (at) => {
  const team = Math.floor(at / 39), area = Math.floor(team / 20);
  return `area-${area}/team-${team}/page-${at}.md`;
};

function text(at) {
  const link = (step) => {
    const other = (at * 7 + step * 131) % PAGES;
    return `[page ${other}](/${path(other)}#how-we-do-it)`;
  };
  const paragraphs = Array.from({ length: 9 }, (_, n) =>
    `We write down **what** we decided, and *why*, in ${link(n)}, so that nobody must ask \`number-${at}\` again. ` +
    "It is kept short on purpose, and it is wrong sometimes: then change it. Who changes it says so.\n\n");
  return `---\ntitle: Page ${at}\ndescription: What people ask about number ${at}.\n---\n\nEverything about number ${at}.\n\n` +
    `## How we do it\n\n${paragraphs.join("")}### Steps\n\n1. Read ${link(9)}.\n2. Ask ${link(10)}.\n3. Tell ${link(11)}.\n\n` +
    `| Who | What | When |\n| --- | :-: | --: |\n${"| the team | this and that | on Monday |\n".repeat(6)}\n` +
    `\`\`\`sh\nfor f in *.md; do\n  grep -q '^title:' "$f" || echo "$f ${at}"\ndone\n\`\`\`\n`;
}

const now = () => performance.timeOrigin + performance.now();
const sleep = (ms) => new Promise((go) => setTimeout(go, ms));
const sorted = (list) => list.toSorted((a, b) => a - b);
const median = (list) => sorted(list)[Math.floor(list.length / 2)];
const p95 = (list) => sorted(list)[Math.min(list.length - 1, Math.ceil(list.length * 0.95) - 1)];
const memory = (pid) => (existsSync(`/proc/${pid}/status`) ? `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024)} MB` : "?");

const site = folder({}, existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
if (options.dir) cpSync(options.dir, site.dir, { recursive: true });
else {
  site.write("handbook.toml", 'title = "Acme handbook"\n');
  for (let at = 0; at < PAGES; at += 1) site.write(`content/${path(at)}`, text(at));
}
const edited = options.dir
  ? readdirSync(join(site.dir, "content"), { recursive: true }).filter((name) => /\/[^/_.]+\.md$/.test(name) && !/(index|README)\.md$/.test(name)).sort()[0]
  : path(Math.floor(PAGES / 2));
if (!options.dir) site.write(`content/${edited}`, text(Math.floor(PAGES / 2)));
const url = `/${edited.replace(/\.md$/, "")}/`;

console.log(`${PAGES} pages in ${site.dir}; ${cpus().length} cores, load ${loadavg().map((load) => load.toFixed(1)).join(" ")}`);

const starts = [];
let server, refreshed = [];
for (let n = 0; n < 5; n += 1) {
  await server?.stop();
  server = await serve(site.dir, await freePort(), (line) => {
    const took = / → .*\((\d+) ms\)$/.exec(line);
    if (took) refreshed.push(Number(took[1]));
  });
  const answer = await fetch(server.origin + url);
  await answer.text();
  if (!answer.ok) throw new Error(`${url} is answered ${answer.status}`);
  starts.push(performance.now() - server.started);
}

process.on("exit", () => site.close());
const browser = await launch();
const page = await browser.newPage();
await page.goto(server.origin + url);
await page.waitForSelector("handbook-panel", { state: "attached" });
await page.evaluate(() => {
  window.swaps = [];
  document.addEventListener("handbook:swap", ({ detail }) => requestAnimationFrame(() => {
    // After the frame that this is called before.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.swaps.push(Object.fromEntries(Object.entries({ ...detail, painted: performance.now() }).map(([name, at]) => [name, performance.timeOrigin + at])));
    port2.postMessage(0);
  }));
});

/** Saves, waits until the page shows it, and gives what each step took. */
async function measure(save, shows, word) {
  await sleep(120 + Math.random() * 60);
  refreshed = [];
  await page.evaluate(() => { window.swaps = []; });
  const saved = now();
  save();
  const times = await page.waitForFunction(([shows, word]) => window.swaps.length && document.querySelector(shows)?.textContent.includes(word) && window.swaps.at(-1), [shows, word], { timeout: 20_000 }).then((handle) => handle.jsonValue());
  await sleep(20);
  const refresh = refreshed.reduce((sum, took) => sum + took, 0);
  return {
    notice: times.event - saved - refresh,
    refresh,
    fetch: times.fetched - times.event,
    swap: times.swapped - times.fetched,
    total: times.swapped - saved,
    paint: times.painted - times.swapped,
    "to paint": times.painted - saved,
  };
}

const file = join(site.dir, "content", edited);
const original = readFileSync(file, "utf8");
const titled = (title) => original.replace(/^title: .*/m, `title: ${title}`);
const CASES = {
  "text edit": (n) => measure(() => writeFileSync(file, `${original}\nEdit ${n}.\n`), "article", `Edit ${n}.`),
  "title edit": (n) => measure(() => writeFileSync(file, titled(`Title ${n}!`)), ".sidebar", `Title ${n}!`),
  "new file": async (n) => {
    const created = join(file, `../a-new-${n}.md`);
    // The sidebar shows what stands near the page, so the new one has to.
    const title = `${/^title: (.*)/m.exec(readFileSync(file, "utf8"))[1]} and ${n}!`;
    const times = await measure(() => writeFileSync(created, `---\ntitle: ${title}\n---\n\nJust written.\n`), ".sidebar", title);
    rmSync(created);
    await page.waitForFunction((word) => !document.querySelector(".sidebar").textContent.includes(word), title);
    return times;
  },
};

const rows = {};
let missed = false;
const verdict = (name, values) => {
  const fits = values.every((value, n) => value < [BUDGETS[name]].flat()[n]);
  missed ||= !fits;
  return `${fits ? "within" : "OVER"} ${[BUDGETS[name]].flat().join("/")}`;
};
for (const [name, run] of Object.entries(CASES)) {
  await run(0);
  const measured = [];
  for (let n = 1; n <= EDITS; n += 1) measured.push(await run(n));
  const of = (column) => measured.map((row) => row[column]);
  const rounded = (value) => Number(value.toFixed(1));
  rows[name] = {
    ...Object.fromEntries(["notice", "refresh", "fetch", "swap", "total"].map((column) => [column, rounded(median(of(column)))])),
    "p95": rounded(p95(of("total"))),
    paint: rounded(median(of("paint"))),
    "to paint": rounded(median(of("to paint"))),
    "p95 to paint": rounded(p95(of("to paint"))),
    budget: verdict(name, [median(of("to paint")), p95(of("to paint"))].slice(0, [BUDGETS[name]].flat().length)),
  };
}
console.log(`start to first page: median ${median(starts).toFixed(0)} ms of ${starts.map((ms) => ms.toFixed(0)).join(", ")} (${verdict("start", [median(starts)])}); memory ${memory(server.pid)}`);
console.table(rows);
console.log(`load ${loadavg()[0].toFixed(1)}`);
await browser.close();
await server.stop();
process.exitCode = missed ? 1 : 0;
