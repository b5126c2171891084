import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { messages } from "./tools/messages.ts";

export default defineConfig({
  plugins: [react(), messages()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
  },
});
