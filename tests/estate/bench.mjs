// Measures agent and server on this machine and prints Markdown tables: `make bench`.
//
// Everything is really there: release binaries as processes, TLS with certificates, both databases on disk with every
// commit flushed. Server and load share the machine. BENCH_HOSTS sets how many hosts are stored in the end [10000].
import { spawn, spawnSync, execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const binaries = process.env.TERRIER_BINARIES;
if (!binaries) throw new Error("run this by packaging/dev/bench");
const program = (name) => join(binaries, name);
const hosts = Number(process.env.BENCH_HOSTS ?? 10_000);
const CONNECTIONS = [1, 4, 16, 64];
const HOSTS_PER_LEVEL = Math.min(400, Math.floor(hosts / 8));
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const say = (text) => process.stderr.write(`${text}\n`);
const table = (heads, rows) =>
  console.log([heads, heads.map((head, index) => (index === 0 ? "---" : "--:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n");
const fixed = (number, digits = 1) => number.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: true }).replaceAll(",", " ");
const mb = (bytes, digits = 1) => fixed(bytes / 1e6, digits);

/** CPU seconds and resident bytes of a process, from proc(5). */
function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)[1]) * 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, rss: kilobytes("VmRSS"), peak: kilobytes("VmHWM") };
}

/** Wall, CPU and peak memory of one run, the mean of several; children count. By time(1), which is itself too small to be
 * taken for the peak of what it starts. */
function timed(command, args, runs = 10) {
  const sum = { wall: 0, cpu: 0, peak: 0 };
  for (let run = 0; run < runs; run += 1) {
    const { stderr } = spawnSync("/usr/bin/time", ["--format", "%e %U %S %M", command, ...args], { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 26 });
    const [wall, user, system, peak] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
    if (!(peak > 0)) throw new Error(`${command}: ${stderr}`);
    sum.wall += wall;
    sum.cpu += user + system;
    sum.peak = Math.max(sum.peak, peak * 1024);
  }
  return { wall: sum.wall / runs, cpu: sum.cpu / runs, peak: sum.peak };
}

function size(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0) : stat.size;
}

function agentTables(work) {
  const count = (directory, pattern) => readdirSync(directory).filter((name) => pattern.test(name)).length;
  const packages = (readFileSync("/var/lib/dpkg/status", "utf8").match(/^Status: install ok installed$/gm) ?? []).length;
  console.log(`### Agent: one full inventory of this machine (${packages} packages, ${count("/proc", /^\d+$/)} processes)\n`);
  const configuration = join(work, "agent.toml");
  writeFileSync(configuration, `state_dir = "${join(work, "agent")}"\n`);
  const rows = [["terrier-agent inventory", program("terrier-agent"), ["--config", configuration, "inventory"]]];
  for (const [name, command, args] of [
    ["fusioninventory-inventory", "fusioninventory-inventory", []],
    ["facter", "facter", ["--json"]],
  ]) {
    if (spawnSync("which", [command]).status === 0) rows.push([name, command, args]);
    else say(`${command} is not installed: left out`);
  }
  table(
    ["", "wall s", "CPU s", "peak RSS MB"],
    rows.map(([name, command, args]) => {
      say(`measuring ${name}`);
      const { wall, cpu, peak } = timed(command, args);
      return [name, fixed(wall, 3), fixed(cpu, 3), mb(peak)];
    }),
  );
  const inventory = JSON.parse(execFileSync(program("terrier-agent"), ["--config", configuration, "inventory"], { maxBuffer: 64 << 20 }));
  console.log("What each section costs, as a process that collects nothing else (the first line is one that collects next to nothing):\n");
  table(
    ["section", "CPU ms", "peak RSS MB", "KB of JSON"],
    ["cloud", ...Object.keys(inventory.sections).filter((name) => name !== "cloud")].map((name) => {
      const { cpu, peak } = timed(program("terrier-agent"), ["--config", configuration, "inventory", "--section", name]);
      return [name, fixed(cpu * 1000, 1), mb(peak), fixed(JSON.stringify(inventory.sections[name] ?? null).length / 1000, 1)];
    }),
  );
  const packaged = join(work, "terrier-agent");
  const stripped = spawnSync("strip", ["--strip-all", "-o", packaged, program("terrier-agent")]);
  if (stripped.status !== 0) throw new Error("strip is missing. On Debian and Ubuntu: apt-get install binutils");
  console.log(`The agent's binary, as the package has it, has ${mb(size(packaged), 2)} MB, the server's ${mb(size(program("terrier-server")))} MB.\n`);
}

/** The agent as a daemon, enrolled, for two minutes. */
async function idleAgent(work, server) {
  say("measuring the idle agent for two minutes");
  const configuration = join(work, "idle.toml");
  writeFileSync(configuration, `server = "${server.agents}"\nstate_dir = "${join(work, "idle")}"\ninterval_s = 60\n`);
  execFileSync(program("terrier-agent"), ["--config", configuration, "enrol", "--server", server.agents, "--token-file", server.tokenFile]);
  const environment = { ...process.env, MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072", MALLOC_MMAP_THRESHOLD_: "131072" };
  const child = spawn(program("terrier-agent"), ["--config", configuration, "run"], { stdio: "ignore", env: environment });
  await sleep(20_000);
  const before = usage(child.pid);
  await sleep(120_000);
  const after = usage(child.pid);
  child.kill("SIGTERM");
  console.log(`The daemon, enrolled, at an interval of 300 s with samples every minute: ${mb(after.rss)} MB resident, ${mb(after.peak)} MB at most, ${fixed(((after.cpu - before.cpu) / 120) * 100, 3)} % of a core over two minutes.\n`);
}

/** A server process with a token that admits everybody. */
async function startServer(work, name, database) {
  const data = join(work, name);
  mkdirSync(data, { recursive: true });
  const flags = ["--data-dir", data, ...(database ? ["--database-url", database] : [])];
  const environment = { ...process.env, TERRIER_SERVER_ENROLMENT_PER_ADDRESS: "1000000", TERRIER_SERVER_ENROLMENT_PER_SECOND: "1000000", TERRIER_SERVER_ENROLMENT_BURST: "1000000", TERRIER_SERVER_AGENTS_STRANGERS_PER_ADDRESS: "1000000", TERRIER_SERVER_INGEST_AGENT_PER_MINUTE: "0", TERRIER_SERVER_LOG_LEVEL: "warn" };
  const child = spawn(program("terrier-server"), [...flags, "serve", "--listen", "127.0.0.1:0", "--agent-listen", "127.0.0.1:0"], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const said = await new Promise((done, failed) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (/^ready$/m.test(text)) done(text);
    });
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}: ${text}`)));
  });
  const tokenFile = join(work, `${name}.token`);
  const token = execFileSync(program("terrier-server"), [...flags, "enrolment-token", "create", "--name", "bench", "--uses", "10000"], { env: environment, encoding: "utf8" });
  writeFileSync(tokenFile, /ter1\.\S+/.exec(token)[0], { mode: 0o600 });
  return {
    pid: child.pid,
    isPostgres: database !== null,
    people: /^listening on (\S+)/m.exec(said)[1],
    agents: /^agents on (\S+)/m.exec(said)[1],
    tokenFile,
    waiting: () => Number(database ? psql(database, COUNT_WAITING) : sqlite(join(data, "terrier.db"), COUNT_WAITING)),
    stored: () => (database ? Number(psql(database, "SELECT pg_database_size(current_database())")) : size(join(data, "terrier.db")) + size(join(data, "terrier.db-wal"))),
    stop: () => new Promise((done) => {
      child.removeAllListeners("exit");
      child.once("exit", done);
      child.kill("SIGTERM");
    }),
  };
}

const psql = (url, statement) => execFileSync("psql", ["--no-psqlrc", "--tuples-only", "--no-align", "--command", statement, url], { encoding: "utf8" }).trim();

function startLoad(server) {
  // Hosts of one kind, so that figures compare from version to version: 1 100 packages, 120 processes and the rest.
  const estate = ["--profile", "app", "--hosts", String(hosts)];
  const child = spawn(program("terrier-estate"), ["drive", "--server", server.agents, "--token-file", server.tokenFile, ...estate], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command) {
      child.stdin.write(`${command}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`terrier-estate ended at \`${command}\``);
      const measured = JSON.parse(value);
      say(`${command}: ${value}`);
      return measured;
    },
    stop: () => child.stdin.end(),
  };
}

/** Waits until nothing waits to be reconciled, as the database says; gives the seconds that took. */
async function reconciled(server) {
  const began = performance.now();
  while (server.waiting() > 0) await sleep(100);
  return (performance.now() - began) / 1000;
}

const COUNT_WAITING = "SELECT count(*) FROM ingest_inbox";
const sqlite = (file, statement) =>
  execFileSync("python3", ["-c", "import sqlite3, sys; print(sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=30).execute(sys.argv[2]).fetchone()[0])", file, statement], { encoding: "utf8" }).trim();

async function serverTables(work, name, database) {
  const server = await startServer(work, name.toLowerCase(), database);
  const load = startLoad(server);
  const empty = server.stored();
  const phases = [];
  const phase = async (what, connections, command) => {
    const before = usage(server.pid);
    const measured = await load.ask(command);
    const drained = await reconciled(server);
    const after = usage(server.pid);
    const cpu = (after.cpu - before.cpu) / Math.max(measured.done, 1);
    phases.push([what, connections, fixed(measured.per_second), fixed(measured.p50_ms), fixed(measured.p99_ms), fixed(cpu * 1000, 2), mb(after.rss), fixed(drained), measured.failed]);
    if (measured.failed) say(`failed: ${measured.why}`);
  };
  await load.ask(`enrol ${HOSTS_PER_LEVEL * CONNECTIONS.length}`);
  for (const connections of CONNECTIONS) await phase("first full report", connections, `full ${connections} ${HOSTS_PER_LEVEL}`);
  for (const connections of CONNECTIONS) await phase("unchanged heartbeat, kept connection", connections, `beat ${connections} 5`);
  for (const connections of CONNECTIONS) await phase("unchanged heartbeat, new connection", connections, `call ${connections} ${HOSTS_PER_LEVEL * 2}`);
  console.log(`### Server on ${name}\n`);
  table(["", "connections", "per second", "p50 ms", "p99 ms", "server CPU ms each", "server RSS MB", "reconciled after s", "failed"], phases);
  await stored(server, load, name, empty);
  if (!database) await idleAgent(work, server);
  load.stop();
  await server.stop();
}

async function stored(server, load, name, empty) {
  const present = HOSTS_PER_LEVEL * CONNECTIONS.length;
  const rest = hosts - present;
  if (rest > 0) {
    const began = performance.now();
    // A token admits at most 10 000 hosts; one is kept for the idle agent.
    await load.ask(`enrol ${rest - 1}`);
    const enrolled = (performance.now() - began) / 1000;
    const measured = await load.ask(`full 16 ${rest - 1}`);
    const drained = await reconciled(server);
    say(`enrolled in ${enrolled} s`);
    console.log(`${fixed(rest - 1, 0)} more hosts at 16 connections: enrolled at ${fixed((rest - 1) / enrolled)}/s; first full reports at ${fixed(measured.per_second)}/s, p99 ${fixed(measured.p99_ms)} ms, ${measured.failed} failed; reconciled ${fixed(drained)} s after the last acknowledgement.\n`);
  }
  // PostgreSQL's autovacuum looks around once a minute; until then what has left the inbox takes room.
  await sleep(server.isPostgres ? 90_000 : 15_000);
  const { rss, peak } = usage(server.pid);
  const bytes = server.stored() - empty;
  const count = rest > 0 ? hosts - 1 : present;
  console.log(`With ${fixed(count, 0)} hosts stored: ${mb(bytes, 0)} MB of ${name}, ${fixed(bytes / count / 1000)} KB per host; server ${mb(rss)} MB resident, ${mb(peak)} MB at most.\n`);
}

const work = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), "terrier-bench-"));
try {
  console.log(`Machine: ${cpus().length} × ${cpus()[0].model}, ${fixed(totalmem() / 1e9, 0)} GB, ${execFileSync("uname", ["-sr"], { encoding: "utf8" }).trim()}; ${new Date().toISOString().slice(0, 10)}.\n`);
  agentTables(work);
  await serverTables(work, "SQLite", null);
  const postgres = process.env.TERRIER_TEST_POSTGRES;
  psql(postgres, "CREATE DATABASE bench");
  await serverTables(work, "PostgreSQL", postgres.replace("/postgres?", "/bench?"));
} finally {
  rmSync(work, { recursive: true, force: true });
}
