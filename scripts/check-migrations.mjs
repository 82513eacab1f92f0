// Migrations from 0019 on meet tables that are full and servers that are serving: what would hold those up is refused here.
//
//   node scripts/check-migrations.mjs [FOLDER, store/migrations]     exits 1 with a sentence a fault
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? new URL("../store/migrations", import.meta.url).pathname;
const FIRST = 19;
// What hashed rows are made of: a column that is added to one with a value would change rows that were written before (0018_audit.sql).
const CHAINED = ["issue_event", "application_event", "fact_change", "application"];

/** What stands against a migration; `sql` is its text. */
function faults(sql) {
    const found = [];
    const alone = /^\s*--\s*no-transaction\b/.test(sql);
    const bare = sql
        .replace(/--[^\n]*/g, "")
        .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
        .toLowerCase();
    const statements = bare.split(";").map((text) => text.trim().replace(/\s+/g, " ")).filter(Boolean);
    const made = new Set(statements.flatMap((text) => /^create (?:unlogged )?table (?:if not exists )?([\w.]+)/.exec(text)?.[1] ?? []));
    for (const text of statements) {
        const index = /^create (?:unique )?index (concurrently )?.*? on (?:only )?([\w.]+)/.exec(text);
        if (index && !index[1] && !made.has(index[2]))
            found.push(`builds an index of ${index[2]} while nobody may write to it: "create index concurrently" in a file of its own`);
        if (index?.[1] && !alone) found.push('"concurrently" needs the first line "-- no-transaction"');
        const table = /^alter table (?:if exists )?(?:only )?([\w.]+)/.exec(text)?.[1];
        if (!table || made.has(table)) continue;
        if (/add (?:constraint \w+ )?(?:check|foreign key)|add constraint [\w]+ (?:check|foreign key)/.test(text) && !/not valid/.test(text))
            found.push(`looks through ${table} while it is locked: add the constraint "not valid", and validate it in a later migration`);
        if (/add (?:constraint \w+ )?(?:unique|primary key) ?\(/.test(text))
            found.push(`builds an index of ${table} while it is locked: build it concurrently, then "add constraint … using index"`);
        if (/alter (?:column )?\w+ (?:set data )?type /.test(text))
            found.push(`writes ${table} anew while it is locked: add a column and fill it in batches`);
        if (CHAINED.includes(table) && /add (?:column )?[^,]*\b(?:default|not null)\b/.test(text))
            found.push(`gives rows of ${table}, which are hashed, a value they were not written with: add the column empty`);
    }
    if (alone && statements.length > 1) found.push("has more than one statement without a transaction: PostgreSQL would make one of them");
    return found;
}

// The rule, tried on what it is for.
for (const [sql, expected] of [
    ["create index a_idx on issue (area);", 1],
    ["create unique index a_idx on issue (area) where open;", 1],
    ["-- no-transaction\ncreate index concurrently a_idx on issue (area);", 0],
    ["create index concurrently a_idx on issue (area);", 1],
    ["-- no-transaction\ncreate index concurrently a_idx on issue (area);\nanalyze issue;", 1],
    ["create table t (a int); create index t_idx on t (a);", 0],
    ["alter table issue add constraint c check (area > 0);", 1],
    ["alter table issue add constraint c check (area > 0) not valid;", 0],
    ["alter table message add column x text;", 0],
    ["alter table message alter column title type varchar;", 1],
    ["alter table application add column x text not null default '';", 1],
    ["alter table application add column x text;", 0],
    ["create function f() returns void language sql as $$ create index a_idx on issue (area) $$;", 0],
]) {
    const found = faults(sql);
    if (found.length !== expected) throw new Error(`scripts/check-migrations.mjs: “${sql}” has ${found.length} faults, not ${expected}: ${found}`);
}

let failed = false;
for (const name of readdirSync(folder).filter((name) => /^\d+_.*\.sql$/.test(name) && Number.parseInt(name, 10) >= FIRST).sort())
    for (const fault of faults(readFileSync(join(folder, name), "utf8"))) {
        console.error(`${name} ${fault}.`);
        failed = true;
    }
process.exit(failed ? 1 : 0);
