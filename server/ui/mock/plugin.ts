import type { Connect, Plugin } from "vite";
import { handle } from "./handler.ts";

/** The policy the real server sends with every page. */
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const api: Connect.NextHandleFunction = (request, response, next) => {
  if (!request.url?.startsWith("/api/")) return next();
  void handle(request, response);
};

/** Answers the API from an invented estate: in development, and in the preview that browser tests open. */
export function mockServer(): Plugin {
  return {
    name: "terrier:mock",
    configureServer(server) {
      server.middlewares.use(api);
    },
    configurePreviewServer(server) {
      server.middlewares.use((_request, response, next) => {
        response.setHeader("Content-Security-Policy", CSP);
        next();
      });
      server.middlewares.use(api);
    },
  };
}
