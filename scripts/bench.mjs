// See scripts/bench. Server, PostgreSQL and wrk share the machine, so pages per second say less than CPU per page, which is read
// from /proc before and after.

import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { ROOT, Space, filing, sleep } from "./space.mjs";

const { values: options } = parseArgs({
  options: {
    against: { type: "string" },
    seconds: { type: "string", default: "8" },
    issues: { type: "string", default: "10000" },
    rounds: { type: "string", default: "1" },
  },
});
const CONNECTIONS = 16;
const PHONE = "13800000002";
const TABLE = join(ROOT, "docs/BENCHMARKS.md");
const MARKS = ["<!-- table of scripts/bench: begin -->", "<!-- table of scripts/bench: end -->"];

/** A script for wrk: walks the paths in turn; a form is posted with a key of its own each time. */
function lua(page, name) {
  const text = (value) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const lines = ["local n = 0", `local paths = {${page.paths.map(text).join(",")}}`];
  for (const [header, value] of Object.entries(page.headers ?? {})) lines.push(`wrk.headers[${text(header)}] = ${text(value)}`);
  if (page.form) {
    lines.push(`wrk.headers["content-type"] = "application/x-www-form-urlencoded"`);
    const form = new URLSearchParams({ ...page.form, key: "KEY" }).toString();
    const [before, after] = form.split("KEY");
    // A run's own prefix, then a counter: keys never meet.
    lines.push(`local prefix = "${randomBytes(4).toString("hex")}-${randomBytes(2).toString("hex")}-4000-8000-"`);
    lines.push(`request = function() n = n + 1
      return wrk.format("POST", paths[n % #paths + 1], nil, ${text(before)} .. prefix .. string.format("%012x", n) .. ${text(after)}) end`);
  } else {
    lines.push(`request = function() n = n + 1; return wrk.format("GET", paths[n % #paths + 1]) end`);
  }
  lines.push(`done = function(summary, latency, requests)
    io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      summary.bytes, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout)) end`);
  writeFileSync(name, lines.join("\n"));
}

async function load(space, page, seconds) {
  const script = join(space.folder, "wrk.lua");
  lua(page, script);
  const before = space.cpu();
  const { stdout } = await promisify(execFile)("wrk", [
    "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "-s", script, `http://127.0.0.1:${space.port}`,
  ]);
  const after = space.cpu();
  const [requests, micros, p50, p99, bytes, errors] = stdout.match(/RESULT (.*)/)[1].split(" ").map(Number);
  if (errors > 0) throw new Error(`${page.name}: ${errors} of ${requests} requests failed\n${stdout}`);
  return {
    name: page.name,
    rate: requests / (micros / 1e6),
    p50: p50 / 1000,
    p99: p99 / 1000,
    server: (after.server - before.server) / requests,
    database: (after.database - before.database) / requests,
    bytes: bytes / requests,
  };
}

/** What is measured, for the people who are signed in now. */
async function pages(space) {
  const br = { "accept-encoding": "gzip, br" };
  const member = await space.member(PHONE);
  const centre = await space.staff("centre01");
  const own = space.rows(
    `select i.number, i.version from issue i join membership m using (enterprise_id) join person p on p.id = m.person_id
     where p.phone = '${PHONE}' order by i.id limit 200`,
  );
  const events = (own.reduce((sum, row) => sum + Number(row[1]), 0) / own.length).toFixed(1);
  const issues = own.map(([number]) => `/issues/${number}`);
  return [
    { name: "Sign-in", paths: ["/sign-in"], headers: br },
    { name: "Home", paths: ["/home"], headers: { ...br, cookie: member } },
    { name: `An issue's page (${own.length} in turn, ${events} events on average)`, paths: issues, headers: { ...br, cookie: member } },
    { name: "An issue's page, not compressed", paths: issues, headers: { cookie: member } },
    { name: "The desk's list (city centre)", paths: ["/desk"], headers: { ...br, cookie: centre } },
    { name: "A filing", paths: ["/issues/file"], form: filing(), headers: { cookie: member } },
  ];
}

const busy = () => Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]).toFixed(1);

function row(result) {
  const kb = `${(result.bytes / 1024).toFixed(1)} KB`;
  const numbers = [Math.round(result.rate).toLocaleString("en"), result.p50.toFixed(1), result.p99.toFixed(1), result.server.toFixed(2), result.database.toFixed(2), kb];
  return `| ${[result.name, ...numbers].join(" | ")} |`;
}

function write(results, space, loadBefore) {
  const version = execFileSync("git", ["-C", ROOT, "rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const table = [
    "| page | pages/s | p50 ms | p99 ms | server CPU ms | PostgreSQL CPU ms | bytes with headers |",
    "|---|---:|---:|---:|---:|---:|---:|",
    ...results.map(row),
    "",
    `\`make bench\` on ${new Date().toISOString().slice(0, 10)}, commit ${version}: release build, ${Number(options.issues).toLocaleString("en")} issues, ` +
      `${CONNECTIONS} connections that stay open, ${options.seconds} s a page after a warm-up; ${cpus().length} × ${cpus()[0].model.trim()}, ` +
      `load average before the run ${loadBefore}; PostgreSQL ${space.sql("show server_version").split(" ")[0]} with fsync ` +
      `${space.sql("show fsync")}, synchronous_commit ${space.sql("show synchronous_commit")}. Server, PostgreSQL and wrk share these cores.`,
  ].join("\n");
  console.log(`\n${table}`);
  const text = readFileSync(TABLE, "utf8");
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark));
  if (begin < 0 || end < 0) throw new Error(`${TABLE} has lost its marks: ${MARKS.join(" ")}`);
  writeFileSync(TABLE, `${text.slice(0, begin + MARKS[0].length)}\n${table}\n${text.slice(end)}`);
}

const loadBefore = busy();
const spaces = [new Space(join(ROOT, "target/release/qifu")), ...(options.against ? [new Space(options.against)] : [])];
const results = spaces.map(() => []);
/** A page's name without what its data happened to be. */
const short = (name) => name.replace(/ \(.*/, "");
try {
  console.log(`load average ${loadBefore}; loading ${options.issues} issues`);
  for (const space of spaces) {
    await space.startDatabase();
    space.qifu("demo", "--issues", options.issues);
    space.sql("vacuum analyze");
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [which, space] of spaces.entries()) {
      await space.startServer();
      for (const page of await pages(space)) {
        await load(space, page, 2);
        const result = await load(space, page, Number(options.seconds));
        results[which].push(result);
        console.log(`${which ? "other" : "this "} ${row(result)}`);
      }
      // What the filings left to do must not weigh on whoever is next.
      while (Number(space.sql("select count(*) from outbox")) > 0) await sleep(250);
      await space.stopServer();
    }
  }
  if (options.against) {
    console.log("\nthis / other, over all rounds: pages/s, server CPU, PostgreSQL CPU");
    for (const name of new Set(results[0].map((result) => short(result.name)))) {
      const sum = (which, of) => results[which].filter((result) => short(result.name) === name).reduce((all, result) => all + result[of], 0);
      const ratio = (of) => (sum(0, of) / sum(1, of)).toFixed(2);
      console.log(`${name}: ${ratio("rate")}, ${ratio("server")}, ${ratio("database")}`);
    }
  } else {
    write(results[0].slice(-results[0].length / Number(options.rounds)), spaces[0], loadBefore);
  }
} finally {
  for (const space of spaces) await space.close();
}
