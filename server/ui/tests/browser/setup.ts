import { fileURLToPath } from "node:url";
import { preview } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    address: string;
  }
}

/** Serves the built product with the real content security policy and the mock behind its API. */
export default async function setup(project: TestProject) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const server = await preview({ root, configFile: fileURLToPath(new URL("../../mock/vite.config.ts", import.meta.url)), preview: { port: 0, host: "127.0.0.1", strictPort: false }, logLevel: "warn" });
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error("the preview has no address");
  project.provide("address", address);
  return () => server.close();
}
