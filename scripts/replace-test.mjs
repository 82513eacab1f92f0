// See scripts/replace-test.

import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { Filings } from "./filings.mjs";
import { Space, filing, sleep } from "./space.mjs";

const REPLACEMENTS = Number(process.argv[2] ?? 4);
const CLIENTS = 16;
/** Seconds between unready and stopping; the proxy asks ten times as often. */
const DRAIN = 2;
/** How long both serve between two replacements. */
const BETWEEN_MS = 3000;

/** Sends each request to the next of those servers that were ready when last asked, as a reverse proxy does. Tries nothing twice. */
class Proxy {
  constructor(servers) {
    this.members = servers.map((server) => ({
      server,
      ready: true,
      // A server closes what is idle for 15 s: a proxy does so before.
      agent: new Agent({ keepAlive: true, timeout: 10_000 }),
    }));
    this.turn = 0;
    this.clock = setInterval(() => this.look(), (DRAIN * 1000) / 10);
  }

  async look() {
    for (const member of this.members) member.ready = await member.server.ready();
  }

  next() {
    const ready = this.members.filter((member) => member.ready);
    if (ready.length === 0) throw new Error("no server is ready");
    return ready[this.turn++ % ready.length];
  }

  send(method, path, options) {
    const { server, agent } = this.next();
    return server.send(method, path, { ...options, agent, timeout: 30_000 });
  }

  close() {
    clearInterval(this.clock);
    for (const { agent } of this.members) agent.destroy();
  }
}

const filings = new Filings();
const latencies = [];
const tally = {};
let over = false;

/** One request that must succeed at once. */
async function must(proxy, method, path, expected, options) {
  const from = performance.now();
  try {
    const answer = await proxy.send(method, path, options);
    latencies.push(performance.now() - from);
    tally[`${method} ${answer.status}`] = (tally[`${method} ${answer.status}`] ?? 0) + 1;
    if (answer.status !== expected) filings.fault(`${method} ${path} got ${answer.status}`);
    return answer;
  } catch (error) {
    filings.fault(`${method} ${path} failed: ${error.message}`);
    return undefined;
  }
}

async function client(proxy, cookie) {
  while (!over) {
    await must(proxy, "GET", "/home", 200, { cookie });
    const key = randomUUID();
    const filed = await must(proxy, "POST", "/issues/file", 303, { cookie, form: filing(key) });
    const number = filed?.headers.location?.match(/^\/issues\/(HZ-[\d-]+)\/receipt$/)?.[1];
    if (!number) {
      filings.fault(`${key} has no receipt`);
      continue;
    }
    filings.acknowledged.set(key, number);
    // Whichever server answers knows it.
    await must(proxy, "GET", `/issues/${number}`, 200, { cookie });
    await must(proxy, "GET", "/favicon.ico", 200);
  }
}

/** An open page: its stream may end, so that the browser opens another; it may not break. */
function listen(server, cookie, tally) {
  const sent = request({ host: "127.0.0.1", port: server.port, path: "/messages/events", headers: { cookie } }, (answer) => {
    if (answer.statusCode !== 200) filings.fault(`a stream got ${answer.statusCode}`);
    tally.open++;
    answer.on("data", () => {});
    answer.on("error", (error) => filings.fault(`a stream broke: ${error.message}`));
    answer.on("end", () => tally.ended++);
  });
  sent.on("error", (error) => over || filings.fault(`a stream broke: ${error.message}`));
  sent.end();
}

/** Replaces one server while the other serves; a new process takes its place. */
async function replace(server, cookie) {
  const streams = { open: 0, ended: 0 };
  for (let n = 0; n < 4; n++) listen(server, cookie, streams);
  while (streams.open < 4) await sleep(10);
  const from = Date.now();
  server.process.kill("SIGTERM");
  while (await server.ready()) await sleep(5);
  const unready = Date.now() - from;
  // It serves on: whoever has not heard yet is not turned away.
  const late = await server.send("GET", "/home", { cookie });
  if (late.status !== 200 || late.headers.connection !== "close") filings.fault(`while draining /home got ${late.status}, ${late.headers.connection}`);
  await server.gone;
  const { exitCode, signalCode } = server.process;
  if (exitCode !== 0) filings.fault(`a server ended with ${exitCode ?? signalCode}`);
  if (streams.ended !== streams.open) filings.fault(`${streams.open - streams.ended} of ${streams.open} streams did not end`);
  const gone = Date.now() - from;
  await server.start();
  console.log(`replaced: unready after ${unready} ms, gone after ${gone} ms, a new one ready after ${Date.now() - from} ms`);
}

const space = new Space();
let proxy;
try {
  await space.startDatabase();
  space.qifu("demo", "--enterprises", "30", "--issues", "30");
  const servers = [0, 1].map(() => space.another({ QIFU_DRAIN: String(DRAIN) }));
  for (const server of servers) await server.start();
  space.main.port = servers[0].port;
  const cookie = await space.member("13800000002");
  proxy = new Proxy(servers);
  const clients = Array.from({ length: CLIENTS }, () => client(proxy, cookie));
  const work = (async () => {
    for (let n = 0; n < REPLACEMENTS; n++) {
      await sleep(BETWEEN_MS);
      await replace(servers[n % 2], cookie);
    }
    await sleep(BETWEEN_MS);
    over = true;
  })();
  await Promise.all([work, ...clients]);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (part) => Math.round(sorted[Math.floor(sorted.length * part)] ?? 0);
  console.log(
    `${REPLACEMENTS} replacements, ${CLIENTS} clients, ${latencies.length} requests: ${JSON.stringify(tally)}, ` +
      `median ${at(0.5)} ms, 99 % ${at(0.99)} ms, slowest ${Math.round(sorted.at(-1) ?? 0)} ms`,
  );
  await filings.verify(space);
} catch (error) {
  filings.faults.push(error.stack);
} finally {
  over = true;
  proxy?.close();
  await space.close();
}
filings.end("No request failed.");
