// A real server and a real agent, as processes, in a directory of their own.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Where the program of this name is. */
export const binary = (name) => {
  const target = process.env.CARGO_TARGET_DIR ?? new URL("../../target", import.meta.url).pathname;
  return resolve(process.env[`TERRIER_TEST_${name.toUpperCase()}`] ?? join(target, "debug", `terrier-${name}`));
};

/** Starts a server on free ports. Without `TERRIER_…` settings of the caller, which would be the server's too. */
export async function startServer() {
  const directory = mkdtempSync(join(tmpdir(), "terrier-browser-"));
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^TERRIER_(SERVER|AGENT)_/.test(name)));
  const flags = ["--data-dir", join(directory, "server")];
  const child = spawn(binary("server"), [...flags, "serve", "--listen", "127.0.0.1:0", "--agent-listen", "127.0.0.1:0"], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk) => (log += chunk));
  const said = await firstWords(child, () => log);
  const line = (pattern) => pattern.exec(said)?.[1] ?? fail(`the server did not say ${pattern}:\n${said}`);
  const run = (name, args, input) => {
    const result = spawnSync(binary(name), args, { env: environment, input, encoding: "utf8" });
    if (result.status !== 0) throw new Error(`terrier-${name} ${args.join(" ")}: ${result.stderr}\n${log}`);
    return result.stdout;
  };
  return {
    url: line(/^listening on (https:\S+)/m),
    agentUrl: line(/^agents on (https:\S+)/m),
    setupLink: line(/^set up: (https:\S+)/m),
    log: () => log,
    server: (...args) => run("server", [...flags, ...args]),
    /** Enrols an agent of this host with `token` and lets it report once. */
    agent(token) {
      const configuration = join(directory, "agent.toml");
      writeFileSync(configuration, `server = "${this.agentUrl}"\nstate_dir = "${join(directory, "agent")}"\n`);
      run("agent", ["--config", configuration, "enrol", "--server", this.agentUrl, "--token-file", "-"], token);
      run("agent", ["--config", configuration, "run", "--once"]);
    },
    /** The certificate and key that the agent was given. */
    credentials: () => JSON.parse(readFileSync(join(directory, "agent", "credentials.json"), "utf8")),
    async stop() {
      const ended = new Promise((done) => child.once("exit", done));
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What the server says on standard output until it says that it is ready. */
function firstWords(child, log) {
  return new Promise((done, failed) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (/^ready$/m.test(said)) done(said);
    });
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${said}${log()}`)));
  });
}

function fail(message) {
  throw new Error(message);
}
