import { fileURLToPath } from "node:url";
import { mergeConfig } from "vite";
import product from "../vite.config.ts";
import { mockServer } from "./plugin.ts";

/** The product as it is, with the mock answering its API. */
export default mergeConfig(product, { root: fileURLToPath(new URL("..", import.meta.url)), plugins: [mockServer()] });
