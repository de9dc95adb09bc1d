// Builds a site with the program, serves it on loopback and opens a browser on it. Knows nothing of what is tested.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const program = resolve(process.env.HANDBOOK ?? join(root, "target/release/handbook"));

/** Our own handbook, and one page with everything that a page can hold. */
export const SITES = { own: root, sample: join(here, "sample") };

/** The handbook of a company, as its people wrote it; not on every machine. */
export const SOURCEGRAPH = resolve(root, "../shared/corpora/sourcegraph");

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A phone, a tablet, a desk; low, so that what must be in view had to be brought there. */
export const WIDTHS = [390, 900, 1440];
const HEIGHT = 700;

/** Builds the site in `dir` with the program that HANDBOOK names. The mistakes of others do not stop it. */
export function build(dir) {
  const out = mkdtempSync(join(tmpdir(), "handbook-browser-"));
  if (dir === SOURCEGRAPH) spawnSync(program, ["build", "--keep-going", dir, "--out", out]);
  else execFileSync(program, ["build", "--strict", dir, "--out", out], { stdio: ["ignore", "ignore", "inherit"] });
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
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Serves a folder as common hosts do: compressed, and kept by the browser for ten minutes. */
export async function serve(out, headers) {
  const asked = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    asked.push(path);
    let file = join(out, path);
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    const found = file.startsWith(out) && existsSync(file);
    if (!found) file = join(out, "404.html");
    const type = TYPES[extname(file)];
    const packed = type && type !== TYPES[".png"] && /\bgzip\b/.test(request.headers["accept-encoding"]);
    response.writeHead(found ? 200 : 404, {
      "content-type": type ?? "application/octet-stream",
      "cache-control": "max-age=600",
      vary: "accept-encoding",
      ...(packed && { "content-encoding": "gzip" }),
      ...headers,
    });
    response.end(packed ? gzipSync(readFileSync(file)) : readFileSync(file));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, asked, close };
}

/**
 * Builds, serves and opens `dir`; `headers` go with every answer. `visit` gives a page of a fresh visitor, who has seen nothing
 * and stored nothing.
 */
export async function open(dir, headers) {
  const site = build(dir);
  const server = await serve(site.out, headers);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return {
    ...site,
    origin: server.origin,
    /** The path of each request that came through to the server. */
    asked: server.asked,
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

/** Opens a page of a fresh visitor, and keeps what it asks for and every fault: what the browser complains of, and requests to others. */
export async function watch(site, width, url, options = {}) {
  const page = await site.visit(width, options);
  page.faults = [];
  page.asked = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) page.faults.push(message.text()); });
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("request", (request) => {
    page.asked.push(new URL(request.url()).pathname);
    if (!request.url().startsWith(site.origin)) page.faults.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return page;
}
