// See scripts/kill-test. What dies here dies by SIGKILL in the middle of its work: the operating system stays, so this proves what
// the program and PostgreSQL promise together, not what the disk does when the power fails.

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { Filings } from "./filings.mjs";
import { Space, sleep } from "./space.mjs";
import { Wire } from "./wire.mjs";

const CLIENTS = 16;
const SERVER_KILLS = 14;
const DATABASE_KILLS = 8;
const OUTAGE_MS = 20_000;
const CLOCK = "+180s";
/** Of the disk that is filled: the cluster and what is filed take less. */
const DISK = "700m";
const PHONE = "13800000002";
const NAMES = ["server", "postgres", "network", "clocks", "disk"];

const [inAll = "2000", ...asked] = process.argv.slice(2);
const chosen = asked.length > 0 ? asked : NAMES;
const unknown = chosen.find((name) => !NAMES.includes(name));
if (unknown) throw new Error(`there is no phase ${unknown}: ${NAMES.join(" ")}`);
const FILINGS = Math.ceil(Number(inAll) / chosen.length);

const filings = new Filings();
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS * 4 });

/**
 * Files at least FILINGS problems with CLIENTS clients while `trouble(half)` goes on; `servers` are asked in turns. What is to happen at random moments
 * of full load goes by `filed`, so that every blow falls while requests are in flight.
 */
async function phase(name, servers, cookie, trouble, after = async () => {}) {
  const tally = { broken: 0, retries: 0, answers: {} };
  const began = Date.now();
  const start = filings.acknowledged.size;
  let left = FILINGS;
  let turn = 0;
  let troubled = true;
  const who = { cookie, agent };
  const server = () => servers[turn++ % servers.length];
  let broken = false;
  const client = async () => {
    while (!broken && (left-- > 0 || troubled)) {
      const key = randomUUID();
      const dice = Math.random();
      // A double click sends the form twice at once; a resent form comes again later. Both file once.
      let number;
      if (dice < 0.1) [number] = await Promise.all([filings.file(server, who, tally, key), filings.file(server, who, tally, key)]);
      else number = await filings.file(server, who, tally, key);
      if (dice > 0.95) await filings.file(server, who, tally, key);
      if (number) await after(number, turn);
    }
  };
  const watch = {
    filed: () => filings.acknowledged.size - start,
    until: async (share) => {
      while (filings.acknowledged.size - start < FILINGS * share) {
        if (broken) throw new Error("a client broke off");
        await sleep(1);
      }
    },
  };
  const work = (async () => {
    try {
      return await trouble(watch);
    } finally {
      troubled = false;
    }
  })();
  const all = [work, ...Array.from({ length: CLIENTS }, client)].map((part) =>
    part.catch((error) => {
      broken = true;
      throw error;
    }),
  );
  const [said] = await Promise.all(all);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(
    `${name}: ${watch.filed()} filed by ${CLIENTS} clients in ${seconds} s, ${said}, ` +
      `${tally.retries} retries: ${tally.broken} broken connections, answers ${JSON.stringify(tally.answers)}`,
  );
}

/** Strikes so many times at random moments of the phase. */
const blows = (kills, kill) => async (watch) => {
  let down = 0;
  for (let blow = 1; blow <= kills; blow++) {
    await watch.until((blow - 0.5 + Math.random() * 0.8) / (kills + 1));
    await sleep(Math.random() * 15);
    const from = Date.now();
    await kill();
    down += Date.now() - from;
  }
  return `${kills} kills (${Math.round(down / kills)} ms until it is back)`;
};

/**
 * While something is away: a page, an island's question and a filing's form must each be told within half a minute, and the server must call itself unready. Afterwards
 * it must serve again by itself. Answers what to say of it.
 */
async function outage(space, cookie, begin, end) {
  const probes = { ready: {}, page: {}, island: {}, slowest: 0 };
  const probe = async (kind, method, path) => {
    const from = Date.now();
    const answer = await space.send(method, path, { cookie, timeout: 90_000 }).catch(() => undefined);
    const took = Date.now() - from;
    probes.slowest = Math.max(probes.slowest, took);
    if (!answer) return filings.fault(`${kind} got no answer during the outage`);
    probes[kind][answer.status] = (probes[kind][answer.status] ?? 0) + 1;
    if (kind !== "ready" && answer.status >= 500) filings.refused(`${kind} ${path}`, answer);
    if (took > 30_000) filings.fault(`${kind} waited ${took} ms during the outage`);
  };
  await begin();
  const until = Date.now() + OUTAGE_MS;
  while (Date.now() < until) {
    await Promise.all([
      probe("ready", "GET", "/readyz"),
      probe("page", "GET", "/home"),
      probe("island", "POST", "/rpc/message/counts"),
      sleep(1000),
    ]);
  }
  await end();
  const from = Date.now();
  while ((await space.send("GET", "/home", { cookie, timeout: 30_000 }).catch(() => undefined))?.status !== 200) {
    if (Date.now() - from > 60_000) throw new Error("the server did not recover within a minute");
    await sleep(50);
  }
  const { slowest, ...told } = probes;
  return `meanwhile ${JSON.stringify(told)}, slowest ${slowest} ms, served again ${Date.now() - from} ms afterwards`;
}

/** Everything that is killed, cut or wrong with one cluster on the real disk. */
async function plain(space) {
  await space.startDatabase();
  space.qifu("demo", "--enterprises", "30", "--issues", "30");
  console.log(`fsync ${space.sql("show fsync")}, synchronous_commit ${space.sql("show synchronous_commit")}`);
  const wire = new Wire({ path: decodeURIComponent(new URL(space.url).host) + "/.s.PGSQL.5432" });
  try {
    await wire.listen();
    space.main.environment.DATABASE_URL = `postgres://qifu@127.0.0.1:${wire.port}/qifu`;
    await space.startServer();
    const cookie = await space.member(PHONE);
    const servers = [space.main];
    if (chosen.includes("server")) {
      await phase("server", servers, cookie, blows(SERVER_KILLS, async () => {
        await space.stopServer("SIGKILL");
        await space.startServer();
      }));
    }
    // The same server lives through all of the rest.
    if (chosen.includes("postgres")) {
      await phase("PostgreSQL", servers, cookie, blows(DATABASE_KILLS, async () => {
        for (const pid of space.databaseProcesses()) {
          try {
            process.kill(Number(pid), "SIGKILL");
          } catch {
            // Its parent's death was enough.
          }
        }
        await space.startDatabase();
      }));
    }
    if (chosen.includes("network")) {
      await phase("network", servers, cookie, async (watch) => {
        await watch.until(0.4);
        return outage(space, cookie, () => wire.silence(true), () => wire.silence(false));
      });
    }
    if (chosen.includes("clocks")) await clocks(space, cookie);
    await filings.verify(space);
  } finally {
    wire.close();
  }
}

/** Two servers whose machines' clocks are apart: what one files the other accepts at once. */
async function clocks(space, cookie) {
  const folders = readdirSync("/usr/lib").map((folder) => join("/usr/lib", folder, "faketime"));
  const library = folders.map((folder) => join(folder, "libfaketimeMT.so.1")).find((file) => existsSync(file));
  if (!library) return filings.fault("libfaketime is not there: install faketime");
  const ahead = space.another({
    LD_PRELOAD: library,
    FAKETIME: CLOCK,
    // Timers go by a clock that nobody sets.
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  });
  await ahead.start();
  const centre = await space.staff("centre01");
  const servers = [space.main, ahead];
  let accepted = 0;
  await phase(`clocks ${CLOCK} apart`, servers, cookie, async (watch) => {
    await watch.until(0.9);
    const log = readFileSync(space.log, "utf8");
    if (!/clock is behind the database's/.test(log)) filings.fault("the server whose clock is wrong did not notice");
    return "accepted by the other server as they came";
  }, async (number, turn) => {
    if (turn % 5 > 0) return;
    const form = { category: "other", level: "simple", urgency: "normal", version: "1" };
    const answer = await servers[turn % 2].send("POST", `/desk/issues/${number}/accept`, { cookie: centre, agent, form });
    if (answer.status === 303) accepted++;
    else filings.fault(`accepting ${number} got ${answer.status}`);
  });
  console.log(`${accepted} accepted; filings by the clock of the server ahead: ${space.sql("select count(*) from issue where submitted_at > now() + interval '1 minute'")}`);
  await ahead.stop();
}

/** A cluster on a disk of its own that is filled to the last block and freed. */
async function disk(space) {
  const folder = join(space.folder, "postgres");
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "qifu-kill-test", folder]);
  try {
    await space.startDatabase();
    // Old log is used again soon, and none is kept: there is nothing left to write to when the disk is full.
    space.sql("alter system set max_wal_size = '48MB'");
    space.sql("alter system set min_wal_size = '32MB'");
    space.sql("select pg_reload_conf()");
    space.qifu("demo", "--enterprises", "30", "--issues", "30");
    await space.startServer();
    const cookie = await space.member(PHONE);
    const ballast = join(folder, "ballast");
    await phase("disk full", [space.main], cookie, async (watch) => {
      await watch.until(0.4);
      return outage(space, cookie, () => fill(ballast), async () => {
        rmSync(ballast);
        // Where there was no room for its log PostgreSQL ends; an operator starts it when there is.
        await space.startDatabase();
      });
    });
    await filings.verify(space);
    await space.stopServer();
    space.qifu("db", "stop");
  } finally {
    await space.stopServer("SIGKILL").catch(() => {});
    execFileSync("umount", ["--lazy", folder]);
  }
}

function fill(path) {
  const file = openSync(path, "w");
  for (const size of [1 << 20, 4096]) {
    const block = Buffer.alloc(size);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
  closeSync(file);
}

async function inSpace(work) {
  const space = new Space();
  try {
    await work(space);
  } catch (error) {
    filings.faults.push(error.stack);
    if (existsSync(space.log)) console.error(readFileSync(space.log, "utf8").split("\n").filter((line) => / (WARN|ERROR) /.test(line)).slice(-15).join("\n"));
  } finally {
    await space.close();
  }
}

if (chosen.some((name) => name !== "disk")) await inSpace(plain);
// A space of its own has its own numbers: what was acknowledged in the other is not looked for here.
if (chosen.includes("disk")) {
  filings.acknowledged.clear();
  if (process.getuid() === 0) await inSpace(disk);
  else filings.faults.push("the phase disk mounts a small disk, which takes root: run this as root, or name the other phases");
}
agent.destroy();
filings.end("Nothing acknowledged was lost, nothing was filed twice, and whoever was turned away was told.");
