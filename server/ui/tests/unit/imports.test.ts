import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../src");

interface Import {
  file: string;
  target: string;
}

function files(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    return entry.isDirectory() ? files(full) : /\.tsx?$/.test(entry.name) ? [full] : [];
  });
}

/** Every import of every source file; our own files as paths from `src`. */
function imports(): Import[] {
  return files(root).flatMap((path) => {
    const text = readFileSync(path, "utf8");
    const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
    return targets.map((target) => ({ file: relative(root, path), target: target.startsWith(".") ? relative(root, join(dirname(path), target)) : target }));
  });
}

const all = imports();
const within = (folder: string) => all.filter(({ file }) => file.startsWith(`${folder}/`));
const bad = (list: Import[], forbidden: (target: string) => boolean) => list.filter(({ target }) => forbidden(target)).map(({ file, target }) => `${file} imports ${target}`);

describe("the import rules", () => {
  it("keep primitives from knowing the router, the API, pages and the shell", () => {
    expect(bad(within("ui"), (target) => /^(api|layout|features|paths|routes)\b/.test(target) || /react-router|react-query|openapi-fetch/.test(target))).toEqual([]);
  });

  it("keep features from importing one another", () => {
    const crossing = within("features").filter(({ file, target }) => target.startsWith("features/") && target.split("/")[1] !== file.split("/")[1]);
    expect(crossing).toEqual([]);
  });

  it("keep the shell and the API from knowing features", () => {
    expect(bad([...within("layout"), ...within("api"), ...within("format"), ...within("i18n")], (target) => target.startsWith("features/"))).toEqual([]);
  });

  it("keep formats and languages from knowing the API and the shell", () => {
    expect(bad([...within("format"), ...within("i18n")], (target) => /^(api|layout|ui)\//.test(target))).toEqual([]);
  });

  it("let only one place make requests", () => {
    const callers = files(root).filter((path) => /\bfetch\(/.test(readFileSync(path, "utf8").replace(/\bprefetch\(|refetch\(/g, "")));
    expect(callers.map((path) => relative(root, path))).toEqual(["api/client.ts"]);
  });

  it("let nobody write HTML from text", () => {
    const writers = files(root).filter((path) => /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|document\.write/.test(readFileSync(path, "utf8")));
    expect(writers).toEqual([]);
  });

  it("keep the mock out of the product", () => {
    expect(bad(all, (target) => target.includes("mock"))).toEqual([]);
  });
});
