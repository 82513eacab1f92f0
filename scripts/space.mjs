// A throw-away space for the kill test and the benchmark: a cluster of its own that waits for the disk like a real one, demo data, a
// server on a free port, and people who are signed in. Whatever it starts it also ends.

import { execFileSync, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
/** The password of the demo accounts (server/src/demo/mod.rs). */
const PASSWORD = "qifu-demo-2026";

export const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** Fields of /proc/PID/stat after the command's name, which may hold spaces: [0] is the state, [1] the parent. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

const TICK_MS = 1000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** The session's cookie of an answer. */
function sessionOf(answer) {
  const cookie = answer.headers["set-cookie"]?.find((line) => line.startsWith("qifu="))?.split(";")[0];
  if (!cookie) throw new Error(`nobody was signed in (${answer.status})`);
  return cookie;
}

/** One `qifu serve` on a port of its own, which it keeps from start to start. */
export class Server {
  constructor(space, environment = {}) {
    this.space = space;
    this.environment = environment;
  }

  /** Starts it and waits until it is ready. */
  async start(binary = this.space.binary) {
    this.port ??= await freePort();
    const out = openSync(this.space.log, "a");
    const child = spawn(binary, ["serve"], {
      env: { ...this.space.environment, ...this.environment, QIFU_ADDR: `127.0.0.1:${this.port}` },
      stdio: ["ignore", out, out],
    });
    closeSync(out);
    this.process = child;
    let alive = true;
    this.gone = new Promise((done) => child.once("exit", done)).then(() => (alive = false));
    for (let tries = 0; tries < 1200; tries++) {
      if (!alive) throw new Error(`the server did not start:\n${readFileSync(this.space.log, "utf8").slice(-2000)}`);
      if (await this.ready()) return;
      await sleep(25);
    }
    throw new Error("the server was not ready within half a minute");
  }

  /** Whether it says that it may be sent requests. */
  async ready() {
    return (await this.send("GET", "/readyz", { timeout: 1000 }).catch(() => undefined))?.status === 200;
  }

  async stop(signal = "SIGTERM") {
    if (!this.process) return;
    this.process.kill(signal);
    await this.gone;
    this.process = undefined;
  }

  /** Bytes of memory that are its own now. */
  resident() {
    return Number(readFileSync(`/proc/${this.process.pid}/status`, "utf8").match(/VmRSS:\s+(\d+) kB/)[1]) * 1024;
  }

  /** One request; `form` makes it a post. Rejects when the connection breaks. */
  send(method, path, { form, cookie, agent, timeout = 10_000, headers = {} } = {}) {
    const body = form && new URLSearchParams(form).toString();
    const all = { ...headers, ...(cookie && { cookie }) };
    if (body !== undefined) {
      all["content-type"] = "application/x-www-form-urlencoded";
      all["content-length"] = Buffer.byteLength(body);
    }
    return new Promise((done, fail) => {
      const sent = request({ host: "127.0.0.1", port: this.port, method, path, headers: all, agent, timeout }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", fail);
        answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
      });
      sent.on("timeout", () => sent.destroy(new Error("timeout")));
      sent.on("error", fail);
      sent.end(body);
    });
  }
}

export class Space {
  constructor(binary) {
    this.binary = resolve(binary ?? process.env.QIFU_BINARY ?? join(ROOT, "target/release/qifu"));
    // A binary from elsewhere has its site beside it.
    const beside = join(dirname(this.binary), "site");
    this.folder = mkdtempSync(join(tmpdir(), "qifu-space."));
    // As root PostgreSQL runs as another user, who has to reach the folder.
    chmodSync(this.folder, 0o755);
    this.environment = {
      ...process.env,
      QIFU_DATA: this.folder,
      // The cluster's socket lies in there too, and goes with it.
      TMPDIR: this.folder,
      QIFU_DEMO: "1",
      QIFU_SITE: process.env.QIFU_SITE ?? (existsSync(beside) ? beside : join(ROOT, "target/site")),
      QIFU_CODES_PER_ADDRESS: "100000",
      QIFU_FILINGS_PER_DAY: "0",
      // All clients come from here.
      QIFU_CONNECTIONS_PER_ADDRESS: "4096",
      QIFU_LOG: process.env.QIFU_LOG ?? "info,sqlx=warn",
    };
    delete this.environment.DATABASE_URL;
    this.log = join(this.folder, "qifu.log");
    this.servers = [];
    this.main = this.another();
  }

  qifu(...args) {
    return execFileSync(this.binary, args, { env: this.environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Starts the cluster; after a crash it may take a moment until the old shared memory is free. */
  async startDatabase() {
    for (let tries = 0; ; tries++) {
      try {
        this.url = this.qifu("db", "start").trim().split("\n").pop();
        break;
      } catch (error) {
        if (tries === 60) throw error;
        await sleep(250);
      }
    }
    this.environment.DATABASE_URL = this.url;
  }

  get postmaster() {
    return Number(readFileSync(join(this.folder, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
  }

  /** The postmaster and its children. */
  databaseProcesses() {
    const postmaster = String(this.postmaster);
    const children = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && stat(pid)?.[1] === postmaster);
    return [postmaster, ...children];
  }

  sql(text) {
    return execFileSync("psql", ["-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", text, this.url], {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    }).trim();
  }

  rows(text) {
    return this.sql(text).split("\n").filter(Boolean).map((line) => line.split("\t"));
  }

  /** Starts the server and waits until it is ready. */
  startServer(binary) {
    return this.main.start(binary);
  }

  stopServer(signal) {
    return this.main.stop(signal);
  }

  send(method, path, options) {
    return this.main.send(method, path, options);
  }

  get server() {
    return this.main.process;
  }

  get port() {
    return this.main.port;
  }

  /** One more server on the same database, not started yet; `environment` is its own. */
  another(environment) {
    const server = new Server(this, environment);
    this.servers.push(server);
    return server;
  }

  /** Signs a member in and answers the cookie; of several enterprises the first one in the list is chosen. */
  async member(phone) {
    const browser = `browser=${randomBytes(32).toString("hex")}`;
    const page = await this.send("POST", "/sign-in", { form: { phone }, cookie: browser });
    const code = page.body.match(/id="demo-code">(\d{6})</)?.[1];
    if (!code) throw new Error(`no code on the sign-in page (${page.status})`);
    const answer = await this.send("POST", "/sign-in/code", { form: { phone, code }, cookie: browser });
    const cookie = sessionOf(answer);
    if (answer.headers.location === "/enterprises") {
      const [[enterprise]] = this.rows(
        `select m.enterprise_id from membership m join person p on p.id = m.person_id
         where p.phone = '${phone}' and m.role = 'owner' order by 1 limit 1`,
      );
      const chosen = await this.send("POST", "/enterprises", { form: { enterprise }, cookie });
      if (chosen.status !== 303) throw new Error(`the enterprise was not chosen (${chosen.status})`);
    }
    return cookie;
  }

  /** Waits until the outbox is empty. */
  async drained() {
    while (Number(this.sql("select count(*) from outbox")) > 0) await sleep(250);
  }

  /** Until the days of the indicators that were loaded are summed: a server does so a few at a time, and pages count what is missing until then. */
  async summed() {
    if (this.sql("select to_regclass('indicator_rolled')") === "") return;
    const behind =
      "select not exists (select from indicator_rolled where through >= (now() at time zone 'Asia/Shanghai')::date - 1) " +
      "or exists (select from indicator_stale)";
    while (this.sql(behind) === "t") await sleep(250);
  }

  /** Signs staff in and answers the cookie. */
  async staff(login) {
    return sessionOf(await this.send("POST", "/desk/sign-in", { form: { login, password: PASSWORD } }));
  }

  /** CPU milliseconds so far of the server and of PostgreSQL, ended children included. */
  cpu() {
    const own = (pid) => {
      const fields = stat(pid);
      return fields ? Number(fields[11]) + Number(fields[12]) : 0;
    };
    const ended = (pid) => {
      const fields = stat(pid);
      return fields ? Number(fields[13]) + Number(fields[14]) : 0;
    };
    const database = this.databaseProcesses().reduce((sum, pid) => sum + own(pid), ended(this.postmaster));
    return { server: own(this.server.pid) * TICK_MS, database: database * TICK_MS };
  }

  async close() {
    for (const server of this.servers) await server.stop("SIGKILL").catch(() => {});
    try {
      this.qifu("db", "stop");
    } catch (error) {
      console.error(`the cluster did not stop: ${error.message}`);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A filing as the form sends it; the key is what makes it one filing. */
export const filing = (key = randomUUID()) => ({
  key,
  title: "园区道路夜间照明不足",
  text: "厂区北门外的道路路灯已经坏了三盏，夜班员工下班时很不安全，请尽快安排检修。",
  category: "other",
  place: "织里镇北门",
  contact_name: "沈同志",
  contact_phone: "13800000002",
});
