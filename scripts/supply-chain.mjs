// What others wrote and we build with: every crate and every Node package comes from its registry, pinned by a checksum, under a licence that
// deny.toml allows. It asks nobody: it reads the lock files and what cargo has fetched for a build, which it fetches where that is missing.
//
//   node scripts/supply-chain.mjs          exits 1 with a sentence a fault
//   node scripts/supply-chain.mjs sbom     writes as CycloneDX 1.5 what the program and its modules are made of, target/sbom/crates.cdx.json,
//                                          and what builds them and is not served, target/sbom/tools.cdx.json
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const REGISTRY = "registry+https://github.com/rust-lang/crates.io-index";
// Packages that name no licence, and why they may stay.
const UNNAMED = new Map([["parse-cache-control", "part of Lighthouse, which runs on a developer's machine and is not shipped"]]);
const LOCKS = ["package-lock.json", "end2end/package-lock.json", "lighthouse/package-lock.json"];
// Of what is not built for, nothing is on this machine; neither is it in what we ship.
const PLATFORMS = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"];

/** The strings of a list in deny.toml. */
function list(name) {
    const body = new RegExp(`^${name} = \\[([\\s\\S]*?)\\]`, "m").exec(readFileSync("deny.toml", "utf8"))?.[1];
    return new Set([...(body ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1]));
}

/** Whether an SPDX expression can be met with these licences. */
function isAllowed(expression, allowed) {
    const words = expression.replace(/\//g, " OR ").replace(/[()]/g, " $& ").replace(/ WITH /g, "+WITH+").trim().split(/\s+/);
    const either = () => {
        let met = both();
        while (words[0] === "OR") words.shift(), (met = both() || met);
        return met;
    };
    const both = () => {
        let met = one();
        while (words[0] === "AND") words.shift(), (met = one() && met);
        return met;
    };
    const one = () => {
        const word = words.shift();
        if (word !== "(") return allowed.has((word ?? "").replaceAll("+WITH+", " WITH "));
        const met = either();
        words.shift();
        return met;
    };
    return either() && words.length === 0;
}

function crates() {
    const filters = PLATFORMS.flatMap((platform) => ["--filter-platform", platform]);
    const options = ["metadata", "--format-version", "1", "--locked", ...filters];
    const { packages, resolve, workspace_members } = JSON.parse(execFileSync("cargo", options, { maxBuffer: 1 << 28 }));
    const used = new Set(resolve.nodes.map((node) => node.id));
    return { packages: packages.filter((one) => used.has(one.id)), nodes: resolve.nodes, own: new Set(workspace_members) };
}

function checksums() {
    const all = new Map();
    for (const entry of readFileSync("Cargo.lock", "utf8").split("[[package]]").slice(1)) {
        const field = (name) => new RegExp(`^${name} = "(.*)"$`, "m").exec(entry)?.[1];
        all.set(`${field("name")} ${field("version")}`, { source: field("source"), checksum: field("checksum") });
    }
    return all;
}

function check() {
    const faults = [];
    const allowed = list("allow");
    for (const [name, { source, checksum }] of checksums())
        if (source && (source !== REGISTRY || !checksum))
            faults.push(`The crate ${name} comes from ${source}, not from the registry under a checksum.`);
    const { packages, own } = crates();
    for (const { id, name, version, license } of packages)
        if (!own.has(id) && !isAllowed(license ?? "none", allowed))
            faults.push(`The crate ${name} ${version} is under ${license ?? "no licence"}, which deny.toml does not allow.`);
    let node = 0;
    for (const lock of LOCKS)
        for (const [path, one] of Object.entries(JSON.parse(readFileSync(lock, "utf8")).packages)) {
            if (path === "" || one.link) continue;
            node += 1;
            if (!one.integrity) faults.push(`${path} in ${lock} has no checksum.`);
            if (one.resolved && !/^https:\/\/registry\.npmjs\.org\//.test(one.resolved))
                faults.push(`${path} in ${lock} comes from ${one.resolved}.`);
            const excused = !one.license && UNNAMED.has(path.split("node_modules/").at(-1));
            if (!excused && !isAllowed(one.license ?? "none", allowed))
                faults.push(`${path} in ${lock} is under ${one.license ?? "no licence"}, which deny.toml does not allow.`);
        }
    for (const fault of faults) console.error(fault);
    const seen = `${packages.length - own.size} crates and ${node} Node packages`;
    if (faults.length === 0) console.log(`${seen}: pinned, from their registries, under licences that are allowed`);
    process.exit(faults.length === 0 ? 0 : 1);
}

function sbom() {
    const { packages, nodes, own } = crates();
    const sums = checksums();
    const purl = ({ name, version }) => `pkg:cargo/${name}@${version}`;
    const names = new Map(packages.map((one) => [one.id, purl(one)]));
    const server = packages.find((one) => one.name === "server" && own.has(one.id));
    const component = (one) => {
        const sum = sums.get(`${one.name} ${one.version}`)?.checksum;
        return {
            type: own.has(one.id) && one.id === server.id ? "application" : "library",
            "bom-ref": purl(one),
            name: one.name,
            version: one.version,
            ...(one.description ? { description: one.description.trim() } : {}),
            ...(one.license ? { licenses: [{ expression: one.license.replace(/\//g, " OR ") }] } : {}),
            purl: purl(one),
            ...(sum ? { hashes: [{ alg: "SHA-256", content: sum }] } : {}),
        };
    };
    const components = packages.filter((one) => one.id !== server.id).map(component);
    const dependencies = nodes.map((node) => ({ ref: names.get(node.id), dependsOn: node.dependencies.map((id) => names.get(id)) }));
    write("crates", component(server), components, dependencies);
    const tools = JSON.parse(readFileSync(LOCKS[0], "utf8")).packages;
    const tool = ([path, one]) => {
        const name = path.split("node_modules/").at(-1);
        const at = `pkg:npm/${name.replace("@", "%40")}@${one.version}`;
        const sum = Buffer.from(one.integrity.replace(/^sha512-/, ""), "base64").toString("hex");
        const licenses = [{ expression: one.license }];
        return { type: "library", "bom-ref": at, name, version: one.version, licenses, purl: at, hashes: [{ alg: "SHA-512", content: sum }] };
    };
    const listed = Object.entries(tools).filter(([path]) => path !== "");
    write("tools", { type: "application", "bom-ref": "tools", name: tools[""].name }, listed.map(tool), []);
}

function write(name, component, components, dependencies) {
    const body = { metadata: { component }, components, dependencies };
    // The same lock file gives the same document: its number is made of what it says.
    const digest = createHash("sha256").update(JSON.stringify(body)).digest("hex");
    const uuid = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`, digest.slice(20, 32)];
    const document = { bomFormat: "CycloneDX", specVersion: "1.5", serialNumber: `urn:uuid:${uuid.join("-")}`, version: 1, ...body };
    mkdirSync("target/sbom", { recursive: true });
    const file = `target/sbom/${name}.cdx.json`;
    writeFileSync(file, `${JSON.stringify(document, null, 1)}\n`);
    console.log(`${file}: ${components.length} components`);
}

// The rule, tried on what it is for.
const few = new Set(["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"]);
for (const [expression, expected] of [
    ["MIT", true],
    ["GPL-3.0-only", false],
    ["GPL-3.0-only OR MIT", true],
    ["GPL-3.0-only AND MIT", false],
    ["(MIT OR Apache-2.0) AND Unicode-3.0", true],
    ["(MIT OR Apache-2.0) AND GPL-2.0", false],
    ["MIT/GPL-2.0", true],
    ["Apache-2.0 WITH LLVM-exception", true],
    ["none", false],
])
    if (isAllowed(expression, few) !== expected) throw new Error(`scripts/supply-chain.mjs is wrong about “${expression}”`);

process.argv[2] === "sbom" ? sbom() : check();
