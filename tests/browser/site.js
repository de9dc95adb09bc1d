// Builds a site with the program, serves it on loopback and opens a browser on it. Knows nothing of what is tested.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const program = resolve(process.env.HANDBOOK ?? join(root, "target/release/handbook"));

/** Our own handbook, and one page with everything that a page can hold. */
export const SITES = { own: root, sample: join(here, "sample") };

/** A phone, a tablet, a desk; low, so that what must be in view had to be brought there. */
export const WIDTHS = [390, 900, 1440];
const HEIGHT = 700;

/** Builds the site in `dir` with the program that HANDBOOK names. */
export function build(dir) {
  const out = mkdtempSync(join(tmpdir(), "handbook-browser-"));
  execFileSync(program, ["build", "--strict", dir, "--out", out], { stdio: ["ignore", "ignore", "inherit"] });
  const files = readdirSync(out, { recursive: true }).filter((name) => name.endsWith(".html"));
  return {
    out,
    files: files.sort(),
    /** The addresses of the pages: neither what leads on to a new address nor what is served where there is nothing. */
    urls: files
      .filter((name) => name.endsWith("index.html") && !readFileSync(join(out, name), "utf8").includes('http-equiv="refresh"'))
      .map((name) => `/${name.slice(0, -10)}`)
      .sort(),
    remove: () => rmSync(out, { recursive: true }),
  };
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

async function serve(out) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    let file = join(out, path);
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    const found = file.startsWith(out) && existsSync(file);
    if (!found) file = join(out, "404.html");
    response.writeHead(found ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Builds, serves and opens `dir`. `visit` gives a page of a fresh visitor, who has seen nothing and stored nothing. */
export async function open(dir) {
  const site = build(dir);
  const server = await serve(site.out);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    ...site,
    origin: server.origin,
    async visit(width, options = {}) {
      const context = await browser.newContext({
        baseURL: server.origin,
        viewport: { width, height: HEIGHT },
        reducedMotion: "reduce",
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(5000);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
      site.remove();
    },
  };
}
