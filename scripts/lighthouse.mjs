// See scripts/lighthouse. Lighthouse itself is in a folder of its own, lighthouse/, that only this needs.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, Space } from "./space.mjs";
import { put, stamp } from "./table.mjs";

const { values: options } = parseArgs({
  options: { runs: { type: "string", default: "3" }, page: { type: "string", multiple: true, default: [] } },
});
const RUNS = Number(options.runs);
const PHONE = "13800000002";
const CHROMIUM = process.env.QIFU_CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const CATEGORIES = ["performance", "accessibility", "best-practices"];

/** The audits behind a category's score that did not pass. */
const failed = (id) => (report) =>
  report.categories[id].auditRefs.filter((ref) => ref.weight > 0 && report.audits[ref.id].score < 1).map((ref) => ref.id);

/** What a page has to reach: how it is called, read and shown, its bound, and the audits that tell why it misses. */
const TARGETS = [
  ...CATEGORIES.map((id) => ({
    name: id.replace("-", " "),
    read: (report) => Math.round(report.categories[id].score * 100),
    show: String,
    least: 100,
    why: failed(id),
  })),
  {
    name: "LCP", unit: "s", ...metric("largest-contentful-paint", 0.001, 2), most: 1,
    why: () => ["largest-contentful-paint-element", "render-blocking-resources", "server-response-time", "critical-request-chains"],
  },
  {
    name: "TBT", unit: "ms", ...metric("total-blocking-time", 1, 0), most: 30,
    why: () => ["long-tasks", "bootup-time", "mainthread-work-breakdown"],
  },
  { name: "CLS", ...metric("cumulative-layout-shift", 1, 3), most: 0, why: () => ["layout-shifts", "unsized-images"] },
];

/** A metric of Lighthouse, in our unit. */
function metric(id, factor, digits) {
  return {
    read: (report) => Number((report.audits[id].numericValue * factor).toFixed(digits)),
    show: (value) => value.toFixed(digits),
  };
}

const missed = (target, value) => !(target.least === undefined ? value <= target.most : value >= target.least);

/** The report of one visit. A trace of the browser that came out empty says nothing of the page: it is taken again, once. */
async function visit(space, page) {
  try {
    return await look(space, page);
  } catch (error) {
    console.error(`${error.message}: once more`);
    return look(space, page);
  }
}

/** A visit by a browser that never saw the site before. */
async function look(space, page) {
  const file = join(space.folder, "lighthouse.json");
  const headers = join(space.folder, "headers.json");
  writeFileSync(headers, JSON.stringify(page.cookie ? { Cookie: page.cookie } : {}));
  const argv = [
    `${page.origin ?? `http://127.0.0.1:${space.port}`}${page.path}`, "--quiet", "--no-enable-error-reporting", `--chrome-flags=${FLAGS.join(" ")}`,
    `--only-categories=${CATEGORIES.join(",")}`, `--extra-headers=${headers}`, "--output=json", `--output-path=${file}`,
  ];
  const child = spawn(join(ROOT, "lighthouse/node_modules/.bin/lighthouse"), argv, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CHROME_PATH: CHROMIUM },
  });
  const code = await new Promise((done, fail) => child.once("error", fail).once("exit", done));
  if (code !== 0) throw new Error(`Lighthouse ended with ${code} on ${page.name}`);
  const report = JSON.parse(readFileSync(file, "utf8"));
  if (report.runtimeError) throw new Error(`Lighthouse could not look at ${page.name}: ${report.runtimeError.message}`);
  // Who is not let in is led to the sign-in, which would look splendid under another page's name.
  const shown = new URL(report.finalDisplayedUrl).pathname;
  if (shown !== page.path) throw new Error(`${page.name}: ${page.path} led to ${shown}`);
  return report;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What is measured, and who looks. */
/** A page that nothing can be taken from: what it costs is the machine's and the browser's. Its own server answers at once. */
async function control() {
  const words = '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>企服空间</title><p>企服空间';
  const server = createServer((_request, response) => response.setHeader("content-type", "text/html").end(words));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
  return { name: "(one line of text)", path: "/", origin: `http://127.0.0.1:${server.address().port}`, control: true };
}

async function pages(space) {
  const cookie = await space.member(PHONE);
  const [[issue]] = space.rows(
    `select i.number from issue i join membership m using (enterprise_id) join person p on p.id = m.person_id
     where p.phone = '${PHONE}' order by i.version desc, i.id limit 1`,
  );
  const all = [
    { name: "Sign-in", path: "/sign-in" },
    { name: "Home", path: "/home", cookie },
    { name: "Issue", path: `/issues/${issue}`, cookie },
    { name: "Issue form", path: "/issues/new", cookie },
    { name: "Policies", path: "/policies", cookie },
    { name: "Policy", path: "/policies/demo-upgrade", cookie },
    { name: "Calculator", path: "/policies/calculator", cookie },
    await control(),
  ];
  const unknown = options.page.find((name) => !all.some((page) => page.name === name));
  if (unknown) throw new Error(`no page is called ${unknown}: ${all.map((page) => page.name).join(", ")}`);
  return options.page.length ? all.filter((page) => options.page.includes(page.name)) : all;
}

/** What a person can mend: the audits behind a figure that missed, with the first things they name. */
function causes(report, target) {
  return target.why(report).flatMap((id) => {
    const { title, displayValue, details } = report.audits[id];
    const items = (details?.items ?? []).flatMap((item) => item.items ?? [item]).slice(0, 4);
    const lines = items.map((item) => {
      const what = item.node?.snippet ?? item.url ?? item.groupLabel ?? item.description;
      const much = item.score ?? item.duration ?? item.total;
      return what && `      ${what}${much === undefined ? "" : `: ${Number(much.toFixed(3))}`}`;
    });
    return [`    ${id}: ${title}${displayValue ? ` (${displayValue})` : ""}`, ...lines.filter(Boolean)];
  });
}

/** Other work on the machine makes pages look slow that are not. */
const busy = () => Number(readFileSync("/proc/loadavg", "utf8").split(" ")[0]).toFixed(1);

const loadBefore = busy();
const space = new Space();
const failures = [];
try {
  await space.startDatabase();
  await space.startServer();
  const rows = [];
  let versions;
  for (const page of await pages(space)) {
    const reports = [];
    for (let run = 0; run < RUNS; run++) reports.push(await visit(space, page));
    const last = reports.at(-1);
    versions = `Lighthouse ${last.lighthouseVersion}, ${last.environment.hostUserAgent.match(/Chrome\/\d+/)[0].replace("/", " ")}`;
    const cells = TARGETS.map((target) => {
      const value = median(reports.map(target.read));
      if (!page.control && missed(target, value)) {
        const bound = target.least === undefined ? `at most ${target.most}` : `at least ${target.least}`;
        const unit = target.unit ? ` ${target.unit}` : "";
        failures.push(`${page.name}: ${target.name} is ${target.show(value)}${unit}, wanted is ${bound}${unit}.`, ...causes(last, target));
      }
      return target.show(value);
    });
    rows.push(`| ${[page.name, ...cells].join(" | ")} |`);
    console.log(rows.at(-1));
  }
  const { when, processor } = stamp();
  const table = [
    `| page | ${TARGETS.map(({ name, unit }) => (unit ? `${name} ${unit}` : name)).join(" | ")} |`,
    `|---|${"---:|".repeat(TARGETS.length)}`,
    ...rows,
    "",
    `\`make lighthouse\` on ${when}: release build with demo data, ${versions}, mobile (slow 4G and a processor four times slower, ` +
      `simulated), median of ${RUNS}; ${processor}, load average before the run ${loadBefore}. Signed in from the home page on; ` +
      "the last is no page of ours but what this machine and browser need for any.",
  ].join("\n");
  console.log(`\n${table}`);
  if (!options.page.length) put("scripts/lighthouse", table);
} finally {
  await space.close();
}
if (failures.length) {
  console.error(`\n${failures.join("\n")}`);
  if (loadBefore > 1) console.error(`The load average before the run was ${loadBefore}: a busy machine makes TBT and LCP worse than they are.`);
  process.exit(1);
}
