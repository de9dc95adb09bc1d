// Runs `handbook serve` on a small site in a folder of its own, and opens a browser on it. Knows nothing of what is tested.

import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = resolve(process.env.HANDBOOK ?? join(root, "target/release/handbook"));

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/** A folder with files, which tests change as a writer does. */
export function folder(files = {}, parent = tmpdir()) {
  const dir = mkdtempSync(join(parent, "handbook-preview-"));
  const at = (path) => join(dir, path);
  const write = (path, text) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    dir,
    write,
    /** Saves as many editors do: another file is put in its place. */
    save(path, text) {
      write(`${path}~`, text);
      renameSync(at(`${path}~`), at(path));
    },
    read: (path) => readFileSync(at(path), "utf8"),
    edit: (path, from, to) => {
      const text = readFileSync(at(path), "utf8");
      if (!text.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
      writeFileSync(at(path), text.replace(from, to));
    },
    rename: (from, to) => renameSync(at(from), at(to)),
    remove: (path) => rmSync(at(path), { recursive: true }),
    copy: (from, to) => cpSync(join(root, from), at(to), { recursive: true }),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Builds the site in `dir`, whatever is wrong with it. */
export function build(dir) {
  const out = folder();
  spawnSync(program, ["build", dir, "--out", out.dir, "--keep-going"]);
  return out;
}

/** A port that was free a moment ago. */
export const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

/** Starts the preview of a folder. Ready when it answers. */
export async function serve(dir, port, watch = () => {}) {
  const started = performance.now();
  const child = spawn(program, ["serve", dir, "--port", String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  const end = () => child.kill();
  process.once("exit", end);
  const origin = `http://127.0.0.1:${port}`;
  await new Promise((ready, failed) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("serving ")) ready();
      else watch(line);
    });
    child.once("exit", (code) => failed(new Error(`handbook serve ended with ${code}`)));
  });
  return {
    origin,
    port,
    started,
    pid: child.pid,
    stop: () =>
      new Promise((stopped) => {
        process.off("exit", end);
        child.once("exit", stopped);
        child.kill();
      }),
  };
}
