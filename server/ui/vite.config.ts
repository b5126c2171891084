import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./tools/compress.ts";
import { messages } from "./tools/messages.ts";

export default defineConfig({
  plugins: [react(), messages(), compress()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
  },
});
