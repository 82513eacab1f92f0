// Compares two folders of query data. Whether a column may be null is guessed from the plan, and versions of PostgreSQL plan
// differently, so that alone is reported but is no difference.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [kept, fresh] = process.argv.slice(2);
const list = (folder) => (existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("query-")) : []);
const read = (folder, name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const first = (query) => query.replace(/\s+/g, " ").trim().slice(0, 90);

const differences = [];
const old = new Set(list(kept));
for (const name of list(fresh)) {
  const after = read(fresh, name);
  if (!old.delete(name)) {
    differences.push(`missing: ${first(after.query)}`);
    continue;
  }
  const before = read(kept, name);
  const shape = ({ describe: { columns, parameters } }) => JSON.stringify([columns, parameters]);
  if (shape(before) !== shape(after)) differences.push(`other columns or parameters: ${first(after.query)}`);
  else if (JSON.stringify(before.describe.nullable) !== JSON.stringify(after.describe.nullable)) {
    console.log(`note: null is guessed otherwise: ${first(after.query)}`);
  }
}
for (const name of old) differences.push(`no longer used: ${first(read(kept, name).query)}`);
for (const words of differences) console.error(words);
process.exit(differences.length ? 1 : 0);
