// Holds the built pages to their budgets: what a first visit loads, each part loaded later, and the styles of each page.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMITS = { initial: 200, chunk: 40, css: 15 };
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** Kilobytes of a built file as it crosses the network. */
const weigh = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1000;

/** A chunk and everything it cannot run without. */
function withImports(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) withImports(next, seen);
  return seen;
}

const sum = (keys) => [...keys].reduce((total, key) => total + weigh(manifest[key].file), 0);
const find = (ending) => Object.keys(manifest).find((key) => key.endsWith(ending));

const shell = withImports("index.html");
for (const part of ["src/layout/AppShell.tsx", "src/i18n/ko/index.ts"]) withImports(find(part), shell);
const shellSize = sum(shell);
const routes = Object.keys(manifest).filter((key) => /src\/features\/.*(Page|Tab)\.tsx$/.test(key));
const failures = [];

console.log(`shell and one language: ${shellSize.toFixed(1)} KB`);
for (const route of routes) {
  const base = route.endsWith("Tab.tsx") ? withImports(find("/CiPage.tsx"), new Set(shell)) : new Set(shell);
  const loaded = withImports(route, base);
  const size = sum(loaded);
  const styles = new Set([...loaded].flatMap((key) => manifest[key].css ?? []));
  const css = [...styles].reduce((total, file) => total + weigh(file), 0);
  console.log(`  with ${route.replace("src/features/", "")}: ${size.toFixed(1)} KB, styles ${css.toFixed(1)} KB`);
  if (css > LIMITS.css) failures.push(`${route} needs ${css.toFixed(1)} KB of styles, the limit is ${LIMITS.css}`);
  if (size > LIMITS.initial) failures.push(`${route} needs ${size.toFixed(1)} KB of JavaScript, the limit is ${LIMITS.initial}`);
}
for (const [key, { file }] of Object.entries(manifest)) {
  if (shell.has(key) || !file.endsWith(".js")) continue;
  const size = weigh(file);
  if (size > LIMITS.chunk) failures.push(`${file} weighs ${size.toFixed(1)} KB, the limit is ${LIMITS.chunk}`);
}

for (const failure of failures) console.error(failure);
process.exit(failures.length > 0 ? 1 : 0);
