// Checks every Rust and npm package against the licences and sources that deny.toml allows.
//
// cargo-deny does the same and more; this needs nothing but Node and so runs everywhere.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";

const list = (text, name) => {
  const body = new RegExp(`^${name} = \\[([^\\]]*)\\]`, "m").exec(text)?.[1] ?? "";
  return [...body.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
};
const deny = readFileSync("deny.toml", "utf8");
const allowed = new Set(list(deny, "allow"));
/** Tools that build and test but are not shipped may also be under file-level copyleft. */
const ALLOWED_FOR_TOOLS = new Set(["MPL-2.0"]);
if (allowed.size === 0) throw new Error("deny.toml allows no licence");

/** An SPDX expression as `any of (all of …)`; a slash is how old manifests write OR. */
function satisfied(expression) {
  const tokens = expression.replaceAll("/", " OR ").replaceAll("(", " ( ").replaceAll(")", " ) ").trim().split(/\s+/);
  let at = 0;
  const any = () => {
    let value = all();
    while (tokens[at] === "OR") {
      at += 1;
      value = all() || value;
    }
    return value;
  };
  const all = () => {
    let value = one();
    while (tokens[at] === "AND") {
      at += 1;
      value = one() && value;
    }
    return value;
  };
  const one = () => {
    if (tokens[at] === "(") {
      at += 1;
      const value = any();
      at += 1;
      return value;
    }
    const licence = tokens[at];
    at += 1;
    if (tokens[at] !== "WITH") return allowed.has(licence);
    at += 2;
    return allowed.has(licence) || allowed.has(`${licence} WITH ${tokens[at - 1]}`);
  };
  const value = any();
  return value && at >= tokens.length;
}

const problems = [];
const check = (name, licence, isTool = false) => {
  if (isTool && ALLOWED_FOR_TOOLS.has(licence)) return;
  if (!licence || !satisfied(licence)) problems.push(`${name}: licence ${licence ?? "not stated"}`);
};

const metadata = JSON.parse(
  execFileSync("cargo", ["metadata", "--locked", "--format-version", "1"], { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] }),
);
for (const crate of metadata.packages) {
  check(`${crate.name} ${crate.version}`, crate.license);
  if (crate.source !== null && crate.source !== CRATES_IO) problems.push(`${crate.name}: source ${crate.source}`);
}

let packages = 0;
for (const directory of ["server/ui", "tests/browser"]) {
  const lock = JSON.parse(readFileSync(`${directory}/package-lock.json`, "utf8"));
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === "" || entry.link) continue;
    packages += 1;
    check(`${directory}: ${path.split("node_modules/").pop()} ${entry.version}`, entry.license, entry.dev || entry.devOptional);
    if (entry.resolved !== undefined) problems.push(`${directory}: ${path} says where it is downloaded from`);
  }
}

for (const problem of problems) console.error(problem);
console.log(`${metadata.packages.length} crates and ${packages} npm packages: ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
