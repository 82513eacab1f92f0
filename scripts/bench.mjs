// See scripts/bench. Server, PostgreSQL and wrk share the machine, so pages per second say less than CPU per page, which is read
// from /proc before and after.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { ROOT, Space, filing } from "./space.mjs";
import { put, stamp } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    against: { type: "string" },
    scale: { type: "boolean", default: false },
    million: { type: "boolean", default: false },
    seconds: { type: "string", default: "8" },
    enterprises: { type: "string", default: "300" },
    issues: { type: "string", default: "10000" },
    rounds: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
if ([options.scale, options.million, options.against].filter(Boolean).length > 1) {
  throw new Error("--scale, --million and --against are three measurements: one at a time");
}
/** With a million issues the question is how long one person waits, not how many are served. */
const CONNECTIONS = options.million ? 1 : 16;
const PHONE = "13800000002";
/** The owner of the enterprise with the most issues of all, one in thirty; it has two to choose from. */
const BUSIEST = "13800000001";
/** What --scale compares: the smaller city, and one thirty times as large. */
const CITIES = [
  { enterprises: "300", issues: "10000" },
  { enterprises: "20000", issues: "300000" },
];
/** The city of --million: as many issues as the city of 580,000 businesses has in some years. */
const MILLION = { enterprises: "60000", issues: "1000000" };

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
    "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--timeout", "30s", "-s", script, `http://127.0.0.1:${space.port}`,
  ]);
  const after = space.cpu();
  const [requests, micros, p50, p99, bytes, errors] = stdout.match(/RESULT (.*)/)[1].split(" ").map(Number);
  if (errors > 0) {
    const words = `${page.name}: ${errors} of ${requests} requests failed\n${stdout}`;
    // Loading a million takes the better part of an hour: a page that fails is told at the end, and does not end the measurement.
    if (!options.million) throw new Error(words);
    console.error(words);
  }
  return {
    name: page.name,
    errors,
    rate: requests / (micros / 1e6),
    p50: p50 / 1000,
    p99: p99 / 1000,
    server: (after.server - before.server) / requests,
    database: (after.database - before.database) / requests,
    bytes: bytes / requests,
  };
}

const BR = { "accept-encoding": "gzip, br" };
const as = (cookie) => ({ headers: { ...BR, cookie } });

/** Two hundred issues of the member with this number, and how many events they have on average. */
function own(space, phone) {
  const rows = space.rows(
    `select i.number, i.version from issue i join membership m using (enterprise_id) join person p on p.id = m.person_id
     where p.phone = '${phone}' and m.role = 'owner' order by i.id limit 200`,
  );
  const events = (rows.reduce((sum, row) => sum + Number(row[1]), 0) / rows.length).toFixed(1);
  return { numbers: rows.map(([number]) => number), about: `${rows.length} in turn, ${events} events on average` };
}

/** What is measured, for the people who are signed in now. */
async function pages(space) {
  const member = await space.member(PHONE);
  const centre = await space.staff("centre01");
  const { numbers, about } = own(space, PHONE);
  const issues = numbers.map((number) => `/issues/${number}`);
  return [
    { name: "Sign-in", paths: ["/sign-in"], headers: BR },
    { name: "Home", paths: ["/home"], ...as(member) },
    { name: `An issue's page (${about})`, paths: issues, ...as(member) },
    { name: "An issue's page, not compressed", paths: issues, headers: { cookie: member } },
    { name: "The desk's list (city centre)", paths: ["/desk"], ...as(centre) },
    { name: "The form", paths: ["/issues/new"], ...as(member) },
    { name: "A filing", paths: ["/issues/file"], form: filing(), headers: { cookie: member } },
  ].filter(wanted);
}

/** Every page and list whose cost could grow with the city. */
async function scaled(space) {
  // The busiest enterprise, and one like any other, which has so many issues in either city.
  const [[ordinary]] = space.rows(
    `select p.phone from person p join membership m on m.person_id = p.id join issue i using (enterprise_id)
     where p.phone not in ('${PHONE}', '${BUSIEST}') group by p.phone having count(*) between 15 and 40 order by count(*) desc, p.phone limit 1`,
  );
  const members = [
    ["the busiest enterprise", await space.member(BUSIEST), BUSIEST],
    ["an ordinary enterprise", await space.member(ordinary), ordinary],
  ];
  const list = [];
  for (const [whose, cookie, phone] of members) {
    const issues = own(space, phone).numbers.map((number) => `/issues/${number}`);
    list.push({ name: `home, ${whose}`, paths: ["/home"], ...as(cookie) });
    for (const filter of ["all", "waiting", "open", "ended"]) {
      list.push({ name: `problems, ${filter}, ${whose}`, paths: [`/issues?filter=${filter}`], ...as(cookie) });
    }
    list.push({ name: `an issue's page, ${whose}`, paths: issues, ...as(cookie) });
    for (const [name, path] of [["messages", "/messages"], ["policies", "/policies"], ["applications", "/applications"], ["the form", "/issues/new"]]) {
      list.push({ name: `${name}, ${whose}`, paths: [path], ...as(cookie) });
    }
  }
  const desks = {
    centre01: ["to_accept", "to_dispatch", "returned", "soon", "late", "to_rate", "open", "all"],
    centre03: ["to_accept", "to_dispatch", "soon", "late", "open", "all"],
    jianshe: ["to_sign", "mine", "soon", "late", "to_rate", "assisting", "all"],
    lingdao: ["late", "soon", "open", "all"],
    jiandu: ["late", "all"],
    station01: ["open", "all"],
  };
  for (const [login, queues] of Object.entries(desks)) {
    const cookie = await space.staff(login);
    for (const queue of queues) list.push({ name: `desk, ${login}, ${queue}`, paths: [`/desk?queue=${queue}`], ...as(cookie) });
  }
  const centre = await space.staff("centre01");
  const numbers = members.map(([whose, , phone]) => [whose, own(space, phone).numbers]);
  for (const [whose, some] of numbers) {
    list.push({ name: `the desk's page of an issue, ${whose}`, paths: some.map((number) => `/desk/issues/${number}`), ...as(centre) });
  }
  list.push({ name: "the desk's search by number", paths: numbers[1][1].map((number) => `/desk?q=${number}`), ...as(centre) });
  return list.filter(wanted);
}

/** The indicators and the main queues, each with how long it may take (ms). */
async function large(space) {
  const [leader, supervisor, centre, district, handler] = await Promise.all(
    ["lingdao", "jiandu", "centre01", "centre03", "jianshe"].map((login) => space.staff(login)),
  );
  // The month with the most issues of all that a page of a month has to count.
  const [[month]] = space.rows("select to_char(submitted_at, 'YYYY-MM') from issue group by 1 order by count(*) desc limit 1");
  const indicators = [
    ["figures", leader, "/desk/figures"],
    ["indicators of this month", leader, "/desk/indicators"],
    [`indicators of ${month}`, leader, `/desk/indicators?period=${month}`],
    ["indicators of a week", supervisor, `/desk/indicators?period=${month}-15`],
    ["indicators of a district", district, `/desk/indicators?period=${month}`],
    ["indicators of a department", handler, `/desk/indicators?period=${month}`],
    ["issues behind a figure", leader, `/desk/indicators/issues?period=${month}`],
    ["bulletin", leader, `/desk/indicators/bulletin?period=${month}`],
  ];
  const queues = [
    ...["to_accept", "to_dispatch", "returned", "soon", "late", "to_rate", "open", "all"].map((queue) => ["city centre", centre, queue]),
    ...["to_accept", "to_dispatch", "open", "all"].map((queue) => ["district centre", district, queue]),
    ...["to_sign", "mine", "soon", "late", "all"].map((queue) => ["department", handler, queue]),
    ...["late", "all"].map((queue) => ["supervisor", supervisor, queue]),
  ];
  return [
    ...indicators.map(([name, cookie, path]) => ({ name, most: 300, paths: [path], ...as(cookie) })),
    ...queues.map(([whose, cookie, queue]) => ({ name: `queue ${queue}, ${whose}`, most: 50, paths: [`/desk?queue=${queue}`], ...as(cookie) })),
    { name: "abnormal, supervisor", most: 50, paths: ["/desk/abnormal"], ...as(supervisor) },
    { name: "call-backs, city centre", most: 50, paths: ["/desk/callbacks"], ...as(centre) },
    { name: "tasks, city centre", most: 50, paths: ["/desk/tasks"], ...as(centre) },
  ].filter(wanted);
}

const wanted = (page) => !options.only || page.name.toLowerCase().includes(options.only.toLowerCase());

const busy = () => Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]).toFixed(1);

function row(result) {
  const kb = `${(result.bytes / 1024).toFixed(1)} KB`;
  const numbers = [Math.round(result.rate).toLocaleString("en"), result.p50.toFixed(1), result.p99.toFixed(1), result.server.toFixed(2), result.database.toFixed(2), kb];
  return `| ${[result.name, ...numbers].join(" | ")} |`;
}

/** What was measured, when, of what, on what. */
function measured(how, space, loadBefore) {
  const { when, processor } = stamp();
  const { enterprises, issues } = cities[0];
  const connections = CONNECTIONS === 1 ? "one connection that stays open" : `${CONNECTIONS} connections that stay open`;
  return (
    `\`${how}\` on ${when}: release build, ${Number(issues).toLocaleString("en")} issues of ${Number(enterprises).toLocaleString("en")} enterprises, ` +
    `${connections}, ${options.seconds} s a page after a warm-up; ${processor}, ` +
    `load average before the run ${loadBefore}; PostgreSQL ${space.sql("show server_version").split(" ")[0]} with fsync ` +
    `${space.sql("show fsync")}, synchronous_commit ${space.sql("show synchronous_commit")}. Server, PostgreSQL and wrk share these cores.`
  );
}

function write(results, space, loadBefore) {
  put(
    "scripts/bench",
    [
      "| page | pages/s | p50 ms | p99 ms | server CPU ms | PostgreSQL CPU ms | bytes with headers |",
      "|---|---:|---:|---:|---:|---:|---:|",
      ...results.map(row),
      "",
      measured("make bench", space, loadBefore),
    ].join("\n"),
  );
}

/** The table of --million, and whether every page is served in its time: the median decides, and a slow hundredth is told of. */
function writeLarge(results, space, loadBefore) {
  const rows = results.map((page) =>
    `| ${[page.name, page.p50.toFixed(1), page.p99.toFixed(1), page.server.toFixed(2), page.database.toFixed(2), page.most].join(" | ")} |`,
  );
  put(
    "scripts/bench --million",
    [
      "| page | p50 ms | p99 ms | server CPU ms | PostgreSQL CPU ms | at most |",
      "|---|---:|---:|---:|---:|---:|",
      ...rows,
      "",
      measured("scripts/bench --million", space, loadBefore),
    ].join("\n"),
  );
  const slow = results.filter((page) => page.p50 > page.most || page.errors > 0);
  const seldom = results.filter((page) => page.p99 > page.most && page.p50 <= page.most);
  for (const page of seldom) console.error(`warning: ${page.name}: one in a hundred takes ${page.p99.toFixed(1)} ms, at most ${page.most}`);
  for (const page of slow) console.error(`${page.name}: ${page.p50.toFixed(1)} ms, at most ${page.most}; ${page.errors} failed`);
  process.exitCode = slow.length > 0 ? 1 : 0;
}

const loadBefore = busy();
const mine = join(ROOT, "target/release/qifu");
const cities = options.scale ? CITIES : options.million ? [MILLION] : [options, options];
const binaries = options.scale ? [mine, mine] : options.million ? [mine] : [mine, ...(options.against ? [options.against] : [])];
const names = options.scale ? cities.map((city) => Number(city.issues).toLocaleString("en")) : ["this", "other"];
const spaces = binaries.map((binary) => new Space(binary));
const results = spaces.map(() => []);
/** A page's name without what its data happened to be. */
const short = (name) => name.replace(/ \(.*/, "");

/** Ratios of the first to the second over all rounds, both CPUs together last: the fifth column is what counts. */
function compare(first, second) {
  const sum = (rows, name, of) => rows.filter((row) => short(row.name) === name).reduce((all, row) => all + of(row), 0);
  console.log("| page | pages/s | server CPU | PostgreSQL CPU | both together | ms, first | ms, second |");
  console.log("|---|---:|---:|---:|---:|---:|---:|");
  for (const name of new Set(first.map((row) => short(row.name)))) {
    const rounds = first.filter((row) => short(row.name) === name).length;
    const ratio = (of) => (sum(first, name, of) / sum(second, name, of)).toFixed(2);
    const both = (row) => row.server + row.database;
    const ms = (rows) => (sum(rows, name, both) / rounds).toFixed(3);
    const columns = [ratio((row) => row.rate), ratio((row) => row.server), ratio((row) => row.database), ratio(both), ms(first), ms(second)];
    console.log(`| ${[name, ...columns].join(" | ")} |`);
  }
}

try {
  for (const [which, space] of spaces.entries()) {
    const city = cities[which];
    console.log(`load average ${busy()}; loading ${city.issues} issues of ${city.enterprises} enterprises (${names[which]})`);
    await space.startDatabase();
    const began = Date.now();
    space.qifu("demo", "--enterprises", city.enterprises, "--issues", city.issues);
    space.sql("vacuum analyze");
    console.log(`loaded in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [which, space] of spaces.entries()) {
      await space.startServer();
      await space.drained();
      await space.summed();
      for (const page of await (options.scale ? scaled(space) : options.million ? large(space) : pages(space))) {
        await load(space, page, Math.min(2, Number(options.seconds)));
        const result = await load(space, page, Number(options.seconds));
        results[which].push({ ...result, most: page.most });
        console.log(`${names[which]} ${row(result)}`);
      }
      // What the filings left to do must not weigh on whoever is next, nor what they left behind on the next round.
      await space.drained();
      await space.stopServer();
      space.sql("vacuum analyze");
    }
  }
  if (options.scale) {
    console.log(`\n${names[1]} issues / ${names[0]} issues, over all rounds`);
    compare(results[1], results[0]);
  } else if (options.against) {
    console.log("\nthis / other, over all rounds");
    compare(results[0], results[1]);
  } else if (options.million && !options.only) {
    writeLarge(results[0].slice(-results[0].length / Number(options.rounds)), spaces[0], loadBefore);
  } else if (!options.only) {
    write(results[0].slice(-results[0].length / Number(options.rounds)), spaces[0], loadBefore);
  }
} finally {
  for (const space of spaces) await space.close();
}
