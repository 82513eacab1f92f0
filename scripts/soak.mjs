// See scripts/soak. What the server can serve is measured first, with as many clients as it has connections, who ask again as soon as they are answered.
// Then requests come by the clock, twice as many, whether those before were answered or not.

import { Agent } from "node:http";
import { Filings } from "./filings.mjs";
import { Space, filing, sleep } from "./space.mjs";

const MINUTES = Number(process.argv[2] ?? 10);
const CLIENTS = 16;
const MEASURED_MS = 20_000;
const TELL_MS = 30_000;
/** What the last minute's memory may be of that of the first minute at full load. */
const GROWTH = 1.1;
/** Nobody waits longer: for a connection twice, and for what is done in between. */
const PATIENCE_MS = 30_000;

const filings = new Filings();
const agent = new Agent({ keepAlive: true, maxSockets: 4000, timeout: 10_000 });
const mega = (bytes) => (bytes / 1024 / 1024).toFixed(0);
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
const at = (list, part) => Math.round(list.toSorted((a, b) => a - b)[Math.floor(list.length * part)] ?? 0);

/** What people do: five pages for each problem filed. */
class Mix {
  constructor(space, members, desk) {
    this.space = space;
    this.members = members;
    this.desk = desk;
    this.turn = 0;
  }

  send() {
    const n = this.turn++;
    const cookie = this.members[n % this.members.length];
    const options = { cookie, agent, timeout: 120_000 };
    switch (n % 6) {
      case 0:
        return this.space.send("POST", "/issues/file", { ...options, form: filing() });
      case 1:
        return this.space.send("GET", "/desk", { ...options, cookie: this.desk });
      case 2:
        return this.space.send("GET", "/issues", options);
      case 3:
        return this.space.send("GET", "/policies", options);
      default:
        return this.space.send("GET", "/home", options);
    }
  }
}

class Tally {
  answers = {};
  served = [];
  refused = [];
  broken = 0;
  flying = 0;

  async watch(mix) {
    const from = performance.now();
    this.flying++;
    try {
      const answer = await mix.send();
      const took = performance.now() - from;
      this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
      if (answer.status >= 400) filings.refused("a request", answer);
      (answer.status < 400 ? this.served : this.refused).push(took);
      if (took > PATIENCE_MS) filings.fault(`an answer (${answer.status}) took ${Math.round(took)} ms`);
    } catch (error) {
      this.broken++;
      if (this.broken < 5) console.log(`a request broke: ${error.message}`);
    } finally {
      this.flying--;
    }
  }

  words() {
    return `${JSON.stringify(this.answers)}, ${this.broken} broken; served in ${at(this.served, 0.5)} ms (99 %: ${at(this.served, 0.99)}), ` +
      `refused in ${at(this.refused, 0.5)} ms (99 %: ${at(this.refused, 0.99)})`;
  }
}

/** As much as it can serve, in requests a second. */
async function capacity(mix, milliseconds) {
  const tally = new Tally();
  const until = Date.now() + milliseconds;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (Date.now() < until) await tally.watch(mix);
    }),
  );
  if (tally.refused.length + tally.broken > 0) filings.fault(`within its means it said ${tally.words()}`);
  return { rate: tally.served.length / (milliseconds / 1000), words: tally.words() };
}

async function rush(space, mix, rate) {
  const whole = new Tally();
  const memory = [];
  const began = Date.now();
  const until = began + MINUTES * 60_000;
  let part = new Tally();
  const parts = [];
  let told = began;
  let sent = 0;
  const flying = new Set();
  while (Date.now() < until) {
    // By the clock: however slow the answers are, the next ones are asked for.
    for (const due = ((Date.now() - began) / 1000) * rate; sent < due; sent++) {
      const one = part.watch(mix).finally(() => flying.delete(one));
      flying.add(one);
    }
    await sleep(5);
    const now = Date.now();
    if (memory.length === 0 || now - memory.at(-1).at >= 1000) memory.push({ at: now, bytes: space.main.resident() });
    if (now - told >= TELL_MS) {
      told = now;
      console.log(`${((now - began) / 60_000).toFixed(1)} min: ${mega(memory.at(-1).bytes)} MB, ${flying.size} waiting, ${part.words()}`);
      parts.push(part);
      part = new Tally();
    }
  }
  await Promise.all(flying);
  // Only now every answer is in the part in which it was asked for.
  for (const each of [...parts, part]) merge(whole, each);
  // The first minute fills caches and pools: memory is compared from the second on, where there is one.
  const skipped = MINUTES >= 3 ? 60_000 : 15_000;
  const full = memory.filter(({ at: when }) => when - began >= skipped);
  const first = median(full.filter(({ at: when }) => when - began < skipped + 60_000).map(({ bytes }) => bytes));
  const last = median(full.filter(({ at: when }) => until - when < 60_000).map(({ bytes }) => bytes));
  const most = Math.max(...memory.map(({ bytes }) => bytes));
  console.log(`in all: ${sent} requests, ${whole.words()}`);
  console.log(`memory: ${mega(first)} MB in the first full minute, ${mega(last)} MB in the last, ${mega(most)} MB at most`);
  if (last > first * GROWTH) filings.fault(`memory grew from ${mega(first)} to ${mega(last)} MB`);
  if ((whole.answers[503] ?? 0) === 0) filings.fault("nobody was turned away: this was no rush");
  if (whole.broken > 0) filings.fault(`${whole.broken} connections broke`);
}

function merge(whole, part) {
  for (const [status, count] of Object.entries(part.answers)) whole.answers[status] = (whole.answers[status] ?? 0) + count;
  whole.served.push(...part.served);
  whole.refused.push(...part.refused);
  whole.broken += part.broken;
}

const space = new Space();
try {
  await space.startDatabase();
  space.qifu("demo", "--enterprises", "300", "--issues", "2000");
  space.sql("vacuum analyze");
  await space.startServer();
  await space.drained();
  const members = [];
  for (let n = 2; n < 18; n++) members.push(await space.member(`138${String(n).padStart(8, "0")}`));
  const mix = new Mix(space, members, await space.staff("centre01"));
  await capacity(mix, 5000);
  const before = await capacity(mix, MEASURED_MS);
  console.log(`it can serve ${before.rate.toFixed(1)} requests/s: ${before.words}`);
  await rush(space, mix, before.rate * 2);
  const from = Date.now();
  while ((await space.send("GET", "/home", { cookie: members[0], timeout: 60_000 })).status !== 200) await sleep(50);
  const again = Date.now() - from;
  const after = await capacity(mix, MEASURED_MS);
  console.log(`served again ${again} ms after the rush; then ${after.rate.toFixed(1)} requests/s: ${after.words}`);
  if (again > 10_000) filings.fault(`it took ${again} ms to recover`);
  if (after.rate < before.rate / 2) filings.fault("it serves less than half of what it did before the rush");
} catch (error) {
  filings.faults.push(error.stack);
} finally {
  agent.destroy();
  await space.close();
}
filings.end("It refused what it could not serve, kept to its memory, and recovered.");
