// The tables of docs/BENCHMARKS.md that scripts write themselves, each between marks of its own.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const FILE = join(ROOT, "docs/BENCHMARKS.md");

/** Day and commit of a measurement, and the processor it was made on. */
export function stamp() {
  const commit = execFileSync("git", ["-C", ROOT, "rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  return { when: `${new Date().toISOString().slice(0, 10)}, commit ${commit}`, processor: `${cpus().length} × ${cpus()[0].model.trim()}` };
}

/** Puts a table where that of the same script was. */
export function put(script, table) {
  const [begin, end] = [`<!-- table of ${script}: begin -->`, `<!-- table of ${script}: end -->`];
  const text = readFileSync(FILE, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${FILE} has lost its marks: ${begin} ${end}`);
  writeFileSync(FILE, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}
