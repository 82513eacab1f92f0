// Starts what the tests talk to: a fresh database in the cluster of DATABASE_URL, filled with the demo data, and two servers on
// it, as in real use. Ends both, and drops the database, whatever happened.
//
// With QIFU_E2E_URL (and QIFU_E2E_SECOND_URL) set, servers that already run are used and nothing is started, but for the city that begins empty and
// the one whose clock is moved: each has a database and a server of its own, and fails without DATABASE_URL rather than being passed over.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const binary = process.env.QIFU_BINARY ?? join(root, "target/release/qifu");
const logs = join(here, "test-results");

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      if (address === null || typeof address === "string") return reject(new Error("no port"));
      probe.close(() => resolve(address.port));
    });
  });
}

function sql(cluster: string, statement: string): void {
  execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", cluster, "-c", statement], { stdio: ["ignore", "ignore", "pipe"] });
}

function start(name: string, args: string[], env: Record<string, string>): ChildProcess {
  const log = openSync(join(logs, `${name}.log`), "w");
  const child = spawn(binary, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", log, log] });
  closeSync(log);
  return child;
}

const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** The end of a log, for an error message. */
const tail = (name: string) => readFileSync(join(logs, `${name}.log`), "utf8").split("\n").slice(-20).join("\n");

async function ready(name: string, child: ChildProcess, url: string): Promise<void> {
  const until = Date.now() + 180_000;
  while (Date.now() < until) {
    if (ended(child)) throw new Error(`${name} ended before it was ready:\n${tail(name)}`);
    try {
      const answer = await fetch(`${url}/readyz`);
      if (answer.ok) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} was not ready in three minutes:\n${tail(name)}`);
}

function stop(child: ChildProcess): Promise<void> {
  if (ended(child)) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill("SIGKILL"), 10_000);
    child.once("exit", () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** A database of its own without anything in it, and what runs on it. */
export interface Empty {
  /** A folder for files. */
  folder: string;
  /** Runs a command of the process; answers what it printed. */
  qifu: (...args: string[]) => string;
  /** Serves, and answers where; with settings of this server alone. */
  serve: (own?: Record<string, string>) => Promise<string>;
  /** Stops whatever serves; the database stays for the next one. */
  halt: () => Promise<void>;
  /** What the server has logged. */
  log: () => string;
  end: () => Promise<void>;
}

/** The setting that puts a server's clock to an instant; it goes on from there. For a demo only. */
export const clockAt = (then: string): Record<string, string> => ({
  QIFU_CLOCK_SHIFT: String(Math.round((Date.parse(then) - Date.now()) / 1000)),
});

/** Makes one in the cluster of DATABASE_URL; without settings it is no demo, and nothing is loaded. */
export function empty(name: string, settings: Record<string, string> = {}): Empty {
  const cluster = process.env.DATABASE_URL;
  if (!cluster) throw new Error("DATABASE_URL is not set");
  mkdirSync(logs, { recursive: true });
  const own = `qifu_e2e_${name}_${process.pid}`;
  sql(cluster, `create database ${own}`);
  const database = new URL(cluster);
  database.pathname = `/${own}`;
  const folder = mkdtempSync(join(tmpdir(), `qifu-e2e-${name}-`));
  const running: ChildProcess[] = [];
  const env = {
    DATABASE_URL: database.href, QIFU_DATA: join(folder, "data"), QIFU_SITE: join(root, "target/site"), QIFU_DEMO: "0", ...settings,
  };
  return {
    folder,
    qifu: (...args) => execFileSync(binary, args, { cwd: root, env: { ...process.env, ...env }, encoding: "utf8" }),
    serve: async (own = {}) => {
      const address = `127.0.0.1:${await freePort()}`;
      const child = start(name, ["serve"], { ...env, ...own, QIFU_ADDR: address });
      running.push(child);
      await ready(name, child, `http://${address}`);
      return `http://${address}`;
    },
    halt: async () => {
      await Promise.all(running.splice(0).map(stop));
    },
    log: () => readFileSync(join(logs, `${name}.log`), "utf8"),
    end: async () => {
      await Promise.all(running.map(stop));
      sql(cluster, `drop database if exists ${own} with (force)`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export default async function servers(): Promise<() => Promise<void>> {
  mkdirSync(logs, { recursive: true });
  if (process.env.QIFU_E2E_URL) {
    process.env.QIFU_E2E_SECOND_URL ??= process.env.QIFU_E2E_URL;
    return async () => {};
  }
  const cluster = process.env.DATABASE_URL;
  if (!cluster) throw new Error('DATABASE_URL is not set: run the tests with "scripts/test e2e".');

  const name = `qifu_e2e_${process.pid}`;
  sql(cluster, `create database ${name}`);
  const database = new URL(cluster);
  database.pathname = `/${name}`;
  const data = mkdtempSync(join(tmpdir(), "qifu-e2e-"));
  const running: ChildProcess[] = [];
  const end = async () => {
    await Promise.all(running.map(stop));
    sql(cluster, `drop database if exists ${name} with (force)`);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    // One after the other: the first migrates and loads the demo data, the second finds both done.
    for (const [server, variable] of [["first", "QIFU_E2E_URL"], ["second", "QIFU_E2E_SECOND_URL"]] as const) {
      const address = `127.0.0.1:${await freePort()}`;
      const child = start(server, ["serve"], {
        DATABASE_URL: database.href,
        QIFU_ADDR: address,
        QIFU_DATA: data,
        QIFU_DEMO: "1",
        QIFU_CODES_PER_ADDRESS: "100000",
        QIFU_FILINGS_PER_DAY: "0",
        QIFU_UPLOADS_PER_DAY: "100000",
        QIFU_SITE: join(root, "target/site"),
      });
      running.push(child);
      await ready(server, child, `http://${address}`);
      process.env[variable] = `http://${address}`;
    }
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}
