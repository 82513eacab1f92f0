// See scripts/kill-test. What dies here dies by SIGKILL in the middle of its work: the operating system stays, so this proves what
// the program and PostgreSQL promise together, not what the disk does when the power fails.

import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { Space, filing, sleep } from "./space.mjs";

const FILINGS = Number(process.argv[2] ?? 2000);
const CLIENTS = 16;
const SERVER_KILLS = 14;
const DATABASE_KILLS = 8;
/** A filing that has no receipt after this long is a failure of its own. */
const PATIENCE_MS = 60_000;
const PHONE = "13800000002";

/** Numbers that were acknowledged, by key. */
const acknowledged = new Map();
const faults = [];
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS * 2 });
let cookie;

function acknowledge(key, number) {
  const before = acknowledged.get(key);
  if (before && before !== number) faults.push(`${key} was acknowledged as ${before} and as ${number}`);
  acknowledged.set(key, number);
}

/** Files until there is a receipt, as a person does who presses the button again. Answers how many tries it took. */
async function file(space, key, tally) {
  const until = Date.now() + PATIENCE_MS;
  for (let tries = 1; ; tries++) {
    let answer;
    try {
      answer = await space.send("POST", "/issues/file", { form: filing(key), cookie, agent });
    } catch {
      tally.broken++;
    }
    const number = answer?.status === 303 && answer.headers.location?.match(/^\/issues\/(HZ-[\d-]+)\/receipt$/)?.[1];
    if (number) {
      acknowledge(key, number);
      return;
    }
    if (answer) tally.answers[answer.status] = (tally.answers[answer.status] ?? 0) + 1;
    // Anything but a failure of the server is a fault: a session must survive, a form must not be refused.
    if (answer && answer.status < 500) faults.push(`${key} got ${answer.status} ${answer.headers.location ?? ""}`);
    if (faults.length > 20) throw new Error(`too many faults:\n${faults.join("\n")}`);
    if (Date.now() > until) {
      faults.push(`${key} has no receipt after ${tries} tries`);
      return;
    }
    tally.retries++;
    await sleep(10 + Math.random() * 90);
  }
}

/** Files FILINGS problems while `kill` is called KILLS times, at random moments of full load. */
async function phase(space, name, kills, kill) {
  const tally = { broken: 0, retries: 0, answers: {} };
  const start = acknowledged.size;
  const began = Date.now();
  let left = FILINGS;
  let killed = 0;
  let down = 0;
  const filed = () => acknowledged.size - start;
  const client = async () => {
    while (left-- > 0) {
      const key = randomUUID();
      const dice = Math.random();
      // A double click sends the form twice at once; a resent form comes again later. Both file once.
      if (dice < 0.1) await Promise.all([file(space, key, tally), file(space, key, tally)]);
      else await file(space, key, tally);
      if (dice > 0.95) await file(space, key, tally);
    }
  };
  const killer = async () => {
    // By filings and not by time, so that every blow falls while requests are in flight.
    const step = FILINGS / (kills + 1);
    for (let blow = 1; blow <= kills; blow++) {
      const at = step * (blow - 0.5 + Math.random() * 0.8);
      while (filed() < at && left > -CLIENTS) await sleep(1);
      await sleep(Math.random() * 15);
      const from = Date.now();
      await kill();
      killed++;
      down += Date.now() - from;
    }
  };
  await Promise.all([killer(), ...Array.from({ length: CLIENTS }, client)]);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(
    `${name}: ${filed()} filed by ${CLIENTS} clients in ${seconds} s, ${killed} kills (${Math.round(down / killed)} ms until it is back), ` +
      `${tally.retries} retries: ${tally.broken} broken connections, answers ${JSON.stringify(tally.answers)}`,
  );
}

/** Compares what was acknowledged with what is there. */
async function verify(space) {
  for (let tries = 0; Number(space.sql("select count(*) from outbox")) > 0; tries++) {
    if (tries === 120) {
      faults.push("the outbox was not drained within half a minute");
      break;
    }
    await sleep(250);
  }
  const stored = new Map();
  for (const [key, number, events] of space.rows(
    "select client_key, number, (select count(*) from issue_event e where e.issue_id = i.id) from issue i where filed_by is not null",
  )) {
    stored.set(key, [...(stored.get(key) ?? []), { number, events }]);
  }
  let once = 0;
  for (const [key, number] of acknowledged) {
    const found = stored.get(key) ?? [];
    if (found.length !== 1) faults.push(`${key} (${number}) is there ${found.length} times`);
    else if (found[0].number !== number) faults.push(`${key} was acknowledged as ${number} but is ${found[0].number}`);
    else if (found[0].events !== "1") faults.push(`${number} has ${found[0].events} events`);
    else once++;
  }
  const count = (sql) => Number(space.sql(`select count(*) from (${sql}) as found`));
  const ours = "issue where submitted_at > (select min(created_at) from session)";
  const checks = {
    "keys filed twice": "select from issue group by client_key having count(*) > 1",
    "numbers given twice": "select from issue group by number having count(*) > 1",
    "issues without an event": `select from ${ours} and not exists (select from issue_event e where e.issue_id = issue.id)`,
    "events without an issue": "select from issue_event e where not exists (select from issue i where i.id = e.issue_id)",
    "filed problems without a search entry": `select from ${ours} and not exists (select from issue_search s where s.issue_id = issue.id)`,
    "messages sent twice":
      "select from message where kind = 'submitted' group by issue_id, person_id, staff_id having count(*) > 1",
  };
  const extra = count(`select from ${ours}`) - acknowledged.size;
  console.log(`acknowledged: ${acknowledged.size}; there exactly once, with one event: ${once}; there but never acknowledged: ${extra}`);
  for (const [name, sql] of Object.entries(checks)) {
    const found = count(sql);
    console.log(`${name}: ${found}`);
    if (found > 0) faults.push(`${name}: ${found}`);
  }
}

const space = new Space();
try {
  await space.startDatabase();
  space.qifu("demo", "--enterprises", "30", "--issues", "30");
  await space.startServer();
  console.log(`fsync ${space.sql("show fsync")}, synchronous_commit ${space.sql("show synchronous_commit")}`);
  cookie = await space.member(PHONE);
  await phase(space, "server", SERVER_KILLS, async () => {
    await space.stopServer("SIGKILL");
    await space.startServer();
  });
  // The same server lives through all of these.
  await phase(space, "PostgreSQL", DATABASE_KILLS, async () => {
    for (const pid of space.databaseProcesses()) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // Its parent's death was enough.
      }
    }
    await space.startDatabase();
  });
  await verify(space);
} catch (error) {
  faults.push(error.stack);
} finally {
  agent.destroy();
  await space.close();
}
if (faults.length > 0) {
  console.error(`\n${faults.length} faults:\n${faults.slice(0, 20).join("\n")}`);
  process.exit(1);
}
console.log("Nothing acknowledged was lost, nothing was filed twice.");
