// The build behind scripts/build: WebAssembly of the islands, style sheet, public files, names with a hash of the content,
// a manifest of those names for the server, compressed copies, and the server itself.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import binaryen from "binaryen";

const args = process.argv.slice(2);
const wrong = args.find((arg) => !["--dev", "--fast", "--site"].includes(arg));
if (wrong) {
  console.error(`usage: scripts/build [--dev | --fast] [--site] (not "${wrong}")`);
  process.exit(2);
}
const dev = args.includes("--dev");
const mode = dev ? "dev" : "release";

const WASM_OPT = [
  // Twice, on flat code, and functions in the order of their use: together 1 % smaller.
  "--flatten", "--rereloop", "-Oz", "-Oz", "--reorder-functions",
  "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext", "--enable-mutable-globals",
  "--enable-reference-types", "--enable-multivalue",
];
const COMPRESSIBLE = new Set([".js", ".wasm", ".css", ".svg", ".json", ".webmanifest", ".txt", ".html", ".xml", ".ico"]);

const say = (words) => console.log(`${new Date().toTimeString().slice(0, 8)} ${words}`);

function run(program, argv, options = {}) {
  const { status, error } = spawnSync(program, argv, { stdio: "inherit", ...options });
  if (error) throw error;
  if (status !== 0) {
    console.error(`The build stopped: ${program} ${argv[0]} failed.`);
    process.exit(1);
  }
}

/** As `run`, beside what follows; await the answer. */
function beside(program, argv) {
  const child = spawn(program, argv, { stdio: "inherit" });
  // An end of this process is the end of what it started.
  const end = () => child.kill();
  process.once("exit", end);
  return once(child, "close").then(([status]) => {
    process.removeListener("exit", end);
    if (status === 0) return;
    console.error(`The build stopped: ${program} ${argv[0]} failed.`);
    process.exit(1);
  });
}

const tool = (name) => join("node_modules", ".bin", name);
const hash = (...parts) => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest("hex");

/** All files below a folder. */
function walk(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** The name of a file that tells its content. */
const hashed = (stem, file) => `${stem}.${hash(readFileSync(file)).slice(0, 16)}${extname(file)}`;

/** Runs `make` unless it made `outputs` from the same `key` before. */
function step(name, key, outputs, make) {
  const stamp = join(work, `${name}.stamp`);
  if (outputs.every(existsSync) && existsSync(stamp) && readFileSync(stamp, "utf8") === key) return;
  rmSync(stamp, { force: true });
  make();
  writeFileSync(stamp, key);
}

const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { maxBuffer: 1 << 28 }));
const leptos = metadata.metadata.leptos[0];
const target = metadata.target_directory;
const lib = metadata.packages.find((p) => p.name === leptos["lib-package"]);
const output = leptos["output-name"];
const work = join(target, "site-work", mode);
const site = leptos["site-root"] + (dev ? "-dev" : "");
const pkg = join(site, leptos["site-pkg-dir"]);
mkdirSync(work, { recursive: true });

// 1. The server, beside all that follows: cargo keeps what it builds apart by profile, and linking uses one core only.
const server = dev ? "dev" : args.includes("--fast") ? "fast" : "release";
let built = Promise.resolve();
if (!args.includes("--site")) {
  say(`server: compiling (${server})`);
  built = beside("cargo", ["build", "-p", leptos["bin-package"], "--bin", leptos["bin-target"], "--profile", server]);
}

// 2. The islands: a module for each program of the library's package, so that a page loads no more than it needs.
const profile = dev ? "dev" : leptos["lib-profile-release"];
const first = process.env.QIFU_WASM_PATH;
const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
const bindgen = execFileSync("wasm-bindgen", ["--version"], { encoding: "utf8" });
const lock = readFileSync("package-lock.json");

// What never runs, and what no optimiser may drop because it stands in a table or is exported: a quarter of a module. Whole names: what
// only these call falls out by itself, and what they share with others must not.
const NEVER_RUNS = new RegExp([
  // Every erased view has a second way to come alive, for programs that hydrate as their parts arrive (`hydrate_lazy`). Islands come
  // alive at once (`hydrate_islands`).
  String.raw`hydrate_async(::\{\{closure\}\})?::h[0-9a-f]{16}$`,
  // Bodies that stream, of server functions that have them: ours do not.
  "^intounderlying",
  // A panic ends the module either way: no hook listens to the words that these put together.
  String.raw`^(core|alloc|std)(\[[0-9a-f]+\])?::(panicking::(?!panic_count)(panic|begin_panic|assert_failed)|(option|result)::(unwrap|expect)_failed)`,
  String.raw`^(core|alloc)(\[[0-9a-f]+\])?::(str::slice_error_fail|slice::index::slice_\w+_fail|raw_vec::(handle_error|capacity_overflow)|alloc::handle_alloc_error)`,
].join("|"));

const ESCAPES = { SP: "@", BP: "*", RF: "&", LT: "<", GT: ">", LP: "(", RP: ")", C: "," };

/** A name as Rust has it. Binaryen writes some characters as their number; parts of a module have the linker's names, wasm-bindgen reads those of
 * a whole one. */
function plain(name) {
  const words = name.replace(/\\([0-9a-f]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  const mangled = /^_ZN(.*)E$/.exec(words)?.[1];
  if (!mangled) return words;
  const path = [];
  for (let rest = mangled; rest; ) {
    const [digits] = /^\d*/.exec(rest);
    if (!digits) return words;
    const end = digits.length + Number(digits);
    path.push(rest.slice(digits.length, end).replace(/^_(?=\$)/, ""));
    rest = rest.slice(end);
  }
  return path.join("::").replaceAll("..", "::").replace(/\$(u[0-9a-f]+|[A-Z]+)\$/g, (all, code) =>
    code.startsWith("u") ? String.fromCodePoint(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? all));
}

/** Takes the bodies of the functions that never run out of a module; they trap. */
function snip(file) {
  binaryen.setDebugInfo(true);
  const program = binaryen.readBinary(readFileSync(file));
  const functions = Array.from({ length: program.getNumFunctions() }, (_, index) =>
    binaryen.getFunctionInfo(program.getFunctionByIndex(index)));
  for (const { name, params, results } of functions.filter(({ name, base }) => !base && NEVER_RUNS.test(plain(name)))) {
    program.removeFunction(name);
    program.addFunction(name, params, results, [], program.unreachable());
  }
  writeFileSync(file, program.emitBinary());
  program.dispose();
}

/** Compiles, splits, binds and shrinks a module; answers where its files are: program, script, and the parts that come when they are wanted. */
function module({ name, "required-features": features = [] }) {
  say(`${name}: compiling (${profile})`);
  const cargo = ["build", "-p", lib.name, "--bin", name, "--target", "wasm32-unknown-unknown", "--profile", profile];
  if (features.length) cargo.push("--features", features.join(","));
  run("cargo", cargo, {
    env: {
      ...process.env,
      PATH: first ? first + delimiter + process.env.PATH : process.env.PATH,
      // Where this machine keeps its sources is nobody's business who loads the page; what refers to what is how the parts are found.
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: `--remap-path-prefix=${join(cargoHome, "registry", "src")}= -Clink-args=--emit-relocs`,
    },
  });
  const compiled = join(target, "wasm32-unknown-unknown", dev ? "debug" : profile, `${name}.wasm`);
  const bound = join(work, `bound-${name}`);
  const js = join(work, `${name}.js`);
  const wasm = join(work, `${name}.wasm`);
  const parts = join(work, `parts-${name}`);
  step(name, hash(readFileSync(compiled), bindgen, lock, readFileSync(new URL(import.meta.url))), [js, wasm, parts], () => {
    say(`${name}: binding, optimising`);
    for (const folder of [bound, parts]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(parts);
    // `#[wasm_split]` functions and what only they need become files of their own, which the script of the module fetches.
    const split = join(bound, "split");
    run("wasm-split-cli", [compiled, split, "--out-name", name]);
    const found = readdirSync(split).filter((file) => /^(split|chunk)_.*\.wasm$/.test(file));
    const lean = dev ? ["--debug"] : ["--remove-producers-section"];
    // The parts find the memory and the table of the module among its exports.
    if (found.length) lean.push("--keep-lld-exports");
    run("wasm-bindgen", [join(split, `${name}.wasm`), "--target", "web", "--no-typescript", "--omit-default-module-path", "--out-dir", bound, "--out-name", name, ...lean]);
    for (const [raw, to] of [
      [join(bound, `${name}_bg.wasm`), wasm],
      ...found.map((file) => [join(split, file), join(parts, file)]),
    ]) {
      if (dev) cpSync(raw, to);
      else {
        snip(raw);
        run(tool("wasm-opt"), [...WASM_OPT, raw, "-o", to]);
      }
    }
    // The script that fetches the parts, by the names they are served under.
    const script = found.reduce(
      (script, file) => script.replaceAll(`"./${file}"`, `"./${hashed(`${name}-${basename(file, ".wasm")}`, join(parts, file))}"`),
      readFileSync(join(split, "__wasm_split.js"), "utf8"),
    );
    writeFileSync(join(bound, "__wasm_split.js"), script);
    // One file, with the snippets that wasm-bindgen puts beside it.
    const shrink = dev ? [] : ["--minify"];
    run(tool("esbuild"), [join(bound, `${name}.js`), "--bundle", "--format=esm", `--outfile=${js}`, "--log-level=warning", ...shrink]);
  });
  return { js, wasm, parts: walk(parts) };
}

const modules = lib.targets.filter(({ kind }) => kind.includes("bin")).map((program) => [program.name, module(program)]);

// 3. The style sheet.
const css = join(work, "style.css");
const styles = walk(dirname(leptos["style-file"])).sort();
step("style", hash(...styles.flatMap((file) => [file, readFileSync(file)]), lock, leptos.browserquery), [css], () => {
  say("style: bundling");
  const shrink = dev ? [] : ["--minify"];
  run(tool("lightningcss"), ["--bundle", ...shrink, "--targets", leptos.browserquery, leptos["style-file"], "-o", css]);
});

// 4. The folder that is served. Files go in before the manifest that names them, old ones leave after it.
const kept = new Set();

function put(path, content) {
  const compressed = [];
  if (!dev && COMPRESSIBLE.has(extname(path)) && content.length > 200) {
    compressed.push(
      [`${path}.br`, () => brotliCompressSync(content, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
      })],
      [`${path}.gz`, () => gzipSync(content, { level: 9 })],
    );
  }
  const same = existsSync(path) && content.equals(readFileSync(path));
  mkdirSync(dirname(path), { recursive: true });
  for (const [copy, compress] of compressed) {
    if (!same || !existsSync(copy)) writeFileSync(copy, compress());
    kept.add(copy);
  }
  if (!same) writeFileSync(path, content);
  kept.add(path);
}

const sizes = [];

/** Puts a built file under a name that tells its content; answers the name. */
function named(stem, file) {
  const name = hashed(stem, file);
  const path = join(pkg, name);
  put(path, readFileSync(file));
  const sent = existsSync(`${path}.br`) ? `${path}.br` : path;
  sizes.push(`${stem}${extname(file)} ${(statSync(sent).size / 1000).toFixed(1)} kB`);
  return name;
}

for (const [name, { parts }] of modules) for (const part of parts) named(`${name}-${basename(part, ".wasm")}`, part);
const manifest = {
  css: named(output, css),
  modules: Object.fromEntries(modules.map(([name, { js, wasm }]) => [name, { js: named(name, js), wasm: named(name, wasm) }])),
};
for (const file of walk(leptos["assets-dir"])) put(join(site, relative(leptos["assets-dir"], file)), readFileSync(file));
const names = join(pkg, "manifest.json");
const text = `${JSON.stringify(manifest, null, 2)}\n`;
if (!existsSync(names) || readFileSync(names, "utf8") !== text) writeFileSync(names, text);
kept.add(names);
for (const file of walk(site)) if (!kept.has(file)) rmSync(file);

say(`site: ${site} (${sizes.join(", ")}${dev ? "" : ", brotli"})`);

await built;
if (!args.includes("--site")) say(`server: ${relative(process.cwd(), join(target, dev ? "debug" : server, leptos["bin-target"]))}`);
