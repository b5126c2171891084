// Writes the API's types from the server's committed description, or with --check says whether they are current.
// openapi-typescript needs TypeScript 5's compiler interface, which 7 does not have: hence a package of its own.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const description = new URL("../../../openapi.json", import.meta.url);
const target = new URL("../../src/api/__generated__/schema.d.ts", import.meta.url);
const HEADER = "// Written by `npm run generate` from server/openapi.json. Not to be edited.\n\n";

if (!existsSync(new URL("node_modules", import.meta.url))) {
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit"], { cwd: here, stdio: "inherit" });
}
const { default: openapiTS, astToString } = await import("openapi-typescript");
const tree = await openapiTS(JSON.parse(readFileSync(description, "utf8")), { alphabetize: true });
const types = HEADER + astToString(tree);

if (!process.argv.includes("--check")) {
  writeFileSync(target, types);
} else if (!existsSync(target) || readFileSync(target, "utf8") !== types) {
  console.error("src/api/__generated__/schema.d.ts differs from server/openapi.json: run `npm run generate`");
  process.exit(1);
}
