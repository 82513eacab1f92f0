// See scripts/bench.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const seconds = Number(process.argv[2]);
const CONNECTIONS = 16;
const qifu = "target/release/qifu";
const data = mkdtempSync(join(tmpdir(), "qifu-bench-"));
execFileSync("chmod", ["755", data]);
const base = "http://127.0.0.1:3900";
const env = { ...process.env, QIFU_DATA: data, QIFU_DEMO: "1", QIFU_ADDR: "127.0.0.1:3900", QIFU_LOG: "warn", QIFU_CODES_PER_ADDRESS: "1000" };
delete env.DATABASE_URL;
env.DATABASE_URL = execFileSync(qifu, ["db", "start"], { env, encoding: "utf8" }).trim();
const sql = (statement) => execFileSync("psql", ["-qXAt", env.DATABASE_URL, "-c", statement], { encoding: "utf8" }).trim();
const TICK = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** CPU seconds of a process, with those of its children that have ended. */
function cpu(pid, children) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").map(Number);
  return (fields[11] + fields[12] + (children ? fields[13] + fields[14] : 0)) / TICK;
}
const parent = (pid) => Number(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ")[1]);
function clusterCpu(postmaster) {
  let sum = cpu(postmaster, true);
  for (const name of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (parent(name) === postmaster) sum += cpu(name, false);
    } catch {
      // It ended while we looked.
    }
  }
  return sum;
}

let server;
try {
  console.log("loading 10,000 issues");
  execFileSync(qifu, ["demo", "--issues", "10000"], { env, stdio: ["ignore", "ignore", "inherit"] });
  sql("vacuum analyze");
  server = spawn(qifu, ["serve"], { env, stdio: ["ignore", "ignore", openSync(join(data, "server.log"), "w")] });
  for (let attempt = 0; !(await fetch(`${base}/readyz`).catch(() => null))?.ok; attempt += 1) {
    if (attempt > 600) throw new Error("the server was not ready");
    await new Promise((done) => setTimeout(done, 100));
  }
  const folder = sql("show data_directory");
  const postmaster = Number(readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")[0]);
  const post = (path, pairs) => fetch(base + path, { method: "POST", redirect: "manual", body: new URLSearchParams(pairs) });
  const cookieOf = (answer) => answer.headers.get("set-cookie").split(";")[0];
  const phone = "13800000002";
  const code = /id="demo-code">(\d{6})/.exec(await (await post("/sign-in", { phone })).text())?.[1];
  const member = cookieOf(await post("/sign-in/code", { phone, code }));
  const staff = cookieOf(await post("/desk/sign-in", { login: "centre01", password: "qifu-demo-2026" }));
  const number = sql(
    "select number from issue i join membership m using (enterprise_id) join person p on p.id = m.person_id where p.phone = '13800000002' order by version desc limit 1",
  );
  const events = sql(`select version from issue where number = '${number}'`);

  const filing = join(data, "filing.lua");
  writeFileSync(filing, `
local n = 0
local seed = os.time() % 100000
local body = "title=%E5%8E%82%E6%88%BF%E6%97%81%E9%81%93%E8%B7%AF%E7%A7%AF%E6%B0%B4&text=%E4%B8%80%E4%B8%8B%E9%9B%A8%E8%B4%A7%E8%BD%A6%E5%B0%B1%E8%BF%9B%E4%B8%8D%E6%9D%A5%EF%BC%8C%E5%B7%B2%E7%BB%8F%E4%B8%89%E5%A4%A9%E4%BA%86%E3%80%82&category=drainage&place=%E7%BB%87%E9%87%8C%E9%95%87&contact_name=%E5%A7%9A%E7%BB%8F%E7%90%86&contact_phone=13800000002&key="
request = function()
  n = n + 1
  local key = string.format("%08x-0000-4000-8000-%012x", seed, n)
  return wrk.format("POST", "/issues/file", {["Cookie"] = "${member}", ["Content-Type"] = "application/x-www-form-urlencoded"}, body .. key)
end
`);
  const pages = [
    ["sign-in", "/sign-in", "", null],
    ["home", "/home", member, null],
    [`an issue (${events} events)`, `/issues/${number}`, member, null],
    ["the desk's list", "/desk?queue=all", staff, null],
    ["a filing, durable", "/issues/file", member, filing],
  ];
  const rows = [];
  for (const [name, path, cookie, script] of pages) {
    const run = (time) => execFileSync("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${time}s`, "--latency", ...(cookie ? ["-H", `Cookie: ${cookie}`] : []),
      ...(script ? ["-s", script] : []), base + path], { encoding: "utf8" });
    if (!script) run(2);
    const before = [cpu(server.pid, false), clusterCpu(postmaster)];
    const out = run(seconds);
    const after = [cpu(server.pid, false), clusterCpu(postmaster)];
    const count = Number(/(\d+) requests in/.exec(out)?.[1]);
    const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(out)?.[1] ?? 0);
    const latency = (part) => new RegExp(`${part}%\\s+(\\S+)`).exec(out)?.[1];
    const each = (i) => (((after[i] - before[i]) * 1000) / count).toFixed(3);
    const row = [name, (count / seconds).toFixed(0), latency(50), latency(99), each(0), each(1), bad];
    rows.push(row);
    console.log(row.join("  "));
  }
  const table = ["| page | pages/s | p50 | p99 | server CPU, ms/page | PostgreSQL CPU, ms/page | refused |", "|---|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
  const file = "docs/BENCHMARKS.md";
  const text = readFileSync(file, "utf8");
  const head = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0].model.trim()}), ${CONNECTIONS} connections, ${seconds} s a page:`;
  writeFileSync(file, text.replace(/<!-- table -->[\s\S]*<!-- end -->/, `<!-- table -->\n${head}\n\n${table}\n<!-- end -->`));
} finally {
  server?.kill("SIGTERM");
  await new Promise((done) => setTimeout(done, 500));
  execFileSync(qifu, ["db", "stop"], { env, stdio: "ignore" });
  rmSync(data, { recursive: true, force: true });
}
