import { defineConfig } from "vitest/config";
import { messages } from "./tools/messages.ts";

export default defineConfig({
  plugins: [messages()],
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx", "tests/unit/**/*.test.ts"] },
});
