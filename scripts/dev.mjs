// The loop behind scripts/dev: watches the sources, builds, restarts the server, and stands in front of it to slip a script
// into each page that reloads it. The server itself knows nothing of this.

import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";

const FRONT = Number(process.env.QIFU_DEV_PORT ?? 3000);
const BACK = FRONT + 1;
const WATCHED = ["Cargo.toml", "Cargo.lock", "app", "domain", "frontend", "store", "server", "style", "public", "policies"];
const RELOAD = "/__reload";

let server;
let building = false;
let stopping = false;
const pages = new Set();

/** The newest change below a path, and how many files there are. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return "";
  if (!stat.isDirectory()) return `${path}:${stat.mtimeMs};`;
  return readdirSync(path).sort().map((name) => newest(join(path, name))).join("");
}

function build() {
  return new Promise((resolve) => {
    spawn("scripts/build", ["--dev"], { stdio: "inherit" }).on("exit", (code) => resolve(code === 0));
  });
}

function stop() {
  if (!server || server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once("exit", resolve);
    server.kill("SIGTERM");
  });
}

/** Resolves once the server answers, or has ended. */
async function ready() {
  while (server.exitCode === null && !stopping) {
    const ok = await new Promise((resolve) => {
      request({ port: BACK, host: "127.0.0.1", path: "/readyz" }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      }).on("error", () => resolve(false)).end();
    });
    if (ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

async function round() {
  building = true;
  if (await build()) {
    await stop();
    if (!stopping) {
      server = spawn("target/debug/qifu", ["serve"], { stdio: "inherit", env: { ...process.env, QIFU_ADDR: `127.0.0.1:${BACK}` } });
      if (await ready()) {
        console.log(`Open http://127.0.0.1:${FRONT}`);
        for (const page of pages) page.write("data: reload\n\n");
      }
    }
  }
  building = false;
}

function front(incoming, outgoing) {
  if (incoming.url === RELOAD) {
    outgoing.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    outgoing.write(": open\n\n");
    pages.add(outgoing);
    outgoing.on("close", () => pages.delete(outgoing));
    return;
  }
  const headers = { ...incoming.headers };
  delete headers["accept-encoding"];
  const back = request({ host: "127.0.0.1", port: BACK, path: incoming.url, method: incoming.method, headers }, (answer) => {
    if (!answer.headers["content-type"]?.startsWith("text/html")) {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    const nonce = /'nonce-([^']+)'/.exec(answer.headers["content-security-policy"] ?? "")?.[1] ?? "";
    const parts = [];
    answer.on("data", (part) => parts.push(part));
    answer.on("end", () => {
      const script = `<script nonce="${nonce}">new EventSource("${RELOAD}").onmessage=()=>location.reload()</script></body>`;
      const body = Buffer.from(Buffer.concat(parts).toString().replace("</body>", script));
      const { "transfer-encoding": _chunked, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode, { ...rest, "content-length": body.length });
      outgoing.end(body);
    });
  });
  back.on("error", () => {
    if (outgoing.headersSent) return outgoing.destroy();
    outgoing.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "1" });
    outgoing.end("The server is being built; look at the terminal.");
  });
  incoming.pipe(back);
}

async function end() {
  if (stopping) return;
  stopping = true;
  await stop();
  process.exit(0);
}

process.on("SIGINT", end);
process.on("SIGTERM", end);
createServer(front).listen(FRONT, "127.0.0.1");
let seen = "";
for (;;) {
  const now = WATCHED.map(newest).join("");
  if (now !== seen && !building) {
    seen = now;
    await round();
  }
  await new Promise((resolve) => setTimeout(resolve, 400));
}
