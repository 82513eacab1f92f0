// Problems filed with retries, as people do who press the button again, and the question afterwards whether each acknowledged one is there once.

import { randomUUID } from "node:crypto";
import { filing, sleep } from "./space.mjs";

/** What no answer may say, whatever happened behind it. */
const INTERNAL = /panicked|sqlx|postgres|sqlstate|os error|no space left|relation "|timed out|connection refused/i;

/** What a page says that could not be made for now. */
const SENTENCE = "系统正忙，请过一会儿再试";

export class Filings {
  /** Numbers that were acknowledged, by key. */
  acknowledged = new Map();
  faults = [];
  /** A filing that has no receipt after this long is a failure of its own. */
  patience = 60_000;

  fault(text) {
    this.faults.push(text);
    if (this.faults.length > 20) throw new Error(`too many faults:\n${this.faults.join("\n")}`);
  }

  /** Looks at an answer that is a failure: 503 with a sentence and without what happened inside is the only one there may be. */
  refused(what, answer) {
    const page = answer.headers["content-type"]?.startsWith("text/html");
    if (answer.status !== 503) this.fault(`${what} got ${answer.status} ${answer.headers.location ?? ""} ${answer.headers["x-request-id"] ?? ""}`);
    else if (page && !answer.body.includes(SENTENCE)) this.fault(`${what} got 503 without a sentence`);
    else if (!answer.headers["retry-after"]) this.fault(`${what} got 503 without Retry-After`);
    if (INTERNAL.test(answer.body)) this.fault(`${what} was told of the inside: ${answer.body.match(INTERNAL)[0]}`);
  }

  /** Files until there is a receipt; `server` says where the next try goes. Answers the number. */
  async file(server, { cookie, agent }, tally, key = randomUUID()) {
    const until = Date.now() + this.patience;
    for (let tries = 1; ; tries++) {
      let answer;
      try {
        answer = await server().send("POST", "/issues/file", { form: filing(key), cookie, agent, timeout: 45_000 });
      } catch {
        tally.broken++;
      }
      const number = answer?.status === 303 && answer.headers.location?.match(/^\/issues\/(HZ-[\d-]+)\/receipt$/)?.[1];
      if (number) {
        const before = this.acknowledged.get(key);
        if (before && before !== number) this.fault(`${key} was acknowledged as ${before} and as ${number}`);
        this.acknowledged.set(key, number);
        return number;
      }
      if (answer) {
        tally.answers[answer.status] = (tally.answers[answer.status] ?? 0) + 1;
        this.refused(key, answer);
      }
      if (Date.now() > until) {
        this.fault(`${key} has no receipt after ${tries} tries`);
        return undefined;
      }
      tally.retries++;
      await sleep(Math.min(10 * 2 ** tries, 500) * (0.5 + Math.random()));
    }
  }

  /** Compares what was acknowledged with what is there. */
  async verify(space) {
    for (let tries = 0; Number(space.sql("select count(*) from outbox")) > 0; tries++) {
      if (tries === 240) {
        this.fault("the outbox was not drained within a minute");
        break;
      }
      await sleep(250);
    }
    const stored = new Map();
    for (const [key, number, filed] of space.rows(
      `select client_key, number, (select count(*) from issue_event e where e.issue_id = i.id and kind = 'submitted')
       from issue i where filed_by is not null`,
    )) {
      stored.set(key, [...(stored.get(key) ?? []), { number, filed }]);
    }
    let once = 0;
    for (const [key, number] of this.acknowledged) {
      const found = stored.get(key) ?? [];
      if (found.length !== 1) this.fault(`${key} (${number}) is there ${found.length} times`);
      else if (found[0].number !== number) this.fault(`${key} was acknowledged as ${number} but is ${found[0].number}`);
      else if (found[0].filed !== "1") this.fault(`${number} was filed ${found[0].filed} times`);
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
      "events before the one they follow":
        "select from issue_event e join issue_event b on b.issue_id = e.issue_id and b.seq = e.seq - 1 where e.at < b.at",
      "events of the future": "select from issue_event where at > now() + interval '2 seconds'",
    };
    const extra = count(`select from ${ours}`) - this.acknowledged.size;
    console.log(
      `acknowledged: ${this.acknowledged.size}; there exactly once, filed once: ${once}; there but never acknowledged: ${extra}`,
    );
    for (const [name, sql] of Object.entries(checks)) {
      const found = count(sql);
      console.log(`${name}: ${found}`);
      if (found > 0) this.fault(`${name}: ${found}`);
    }
    try {
      console.log(`qifu audit verify: ${space.qifu("audit", "verify").trim().split("\n").pop()}`);
    } catch (error) {
      this.fault(`qifu audit verify: ${error.stdout}${error.stderr}`);
    }
  }

  /** Says what was found, and ends the process by it. */
  end(sentence) {
    if (this.faults.length > 0) {
      console.error(`\n${this.faults.length} faults:\n${this.faults.slice(0, 20).join("\n")}`);
      process.exit(1);
    }
    console.log(sentence);
  }
}
