import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const SMALLEST = 512;

/** Writes `.br` and `.gz` beside every text file of the build, so that the server never compresses at run time. */
export function compress(): Plugin {
  let dist = "";
  return {
    name: "terrier:compress",
    apply: "build",
    configResolved(config) {
      dist = join(config.root, config.build.outDir);
    },
    closeBundle() {
      const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|css|html|svg)$/.test(name));
      for (const path of files.map((name) => join(dist, name))) {
        const content = readFileSync(path);
        if (content.length < SMALLEST) continue;
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}
