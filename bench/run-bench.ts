import { cpus, loadavg, totalmem } from "node:os";
import { findCollector } from "../deploy/collector/find-collector.ts";
import { readAgainstOptions, runAgainst } from "./against/run-against.ts";
import { contenders } from "./contenders.ts";
import { runDecodeBench } from "./decode/run-decode-bench.ts";
import { measureBesideReports } from "./figures/beside-reports.ts";
import { measureLatency } from "./figures/latency.ts";
import type { LatencyRow } from "./figures/latency.ts";
import { measureOverload } from "./figures/overload.ts";
import { makeRatioFigures } from "./figures/ratios.ts";
import { measureReads } from "./figures/reads.ts";
import { measureRecount } from "./figures/recount.ts";
import { measureReportPage } from "./figures/report-page.ts";
import { measureTransaction } from "./figures/transaction-shares.ts";
import type { StepShare } from "./figures/transaction-shares.ts";
import { measureTenants } from "./figures/tenants.ts";
import { environmentOfTraffic } from "./load/start-of-traffic.ts";
import { runSdkBench } from "./sdk/run-sdk-bench.ts";
import { startBenchDatabase } from "./machine/bench-database.ts";
import { startLoadProcess } from "./machine/start-load-process.ts";
import { startReceiverProcess } from "./machine/start-receiver-process.ts";
import type { Bench, Run } from "./measure-run.ts";
import { describeBenchOptions, readBenchOptions } from "./read-options.ts";
import { inJson, makeFigure, median } from "./summarise.ts";
import type { Figure } from "./summarise.ts";
import { writeFigureTable, writeLatencyTable, writeRunTable, writeShareTable } from "./write-table.ts";

const options = readOptions();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
if (options.against !== undefined) process.exit(await runAgainst(options.against, readAgainstOptions(options), say));

const rounds = Number(options.rounds ?? (options.quick ? 2 : 5));
const events = Number(options.events ?? (options.quick ? 50_000 : 200_000));
/** V8 compiles until about then: after 200,000 events alone, up to a tenth of the receiver's CPU was compiling. */
const warmUpEvents = 1_000_000;
const named = contenders.filter(({ id }) => options.only === undefined || options.only.split(",").includes(id));

const collector = (await findCollector()) ?? null;
const chosen = named.filter(({ id }) => collector !== null || id !== "collector");
if (chosen.length < named.length)
  say("left out: `collector`, because there is no Collector; `npm run setup` builds it");

const database = await startBenchDatabase();
const load = startLoadProcess();
const profiling = options.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
const receivers = [
  await startReceiverProcess({
    connectionString: database.connectionString,
    nodeOptions: profiling,
    environment: environmentOfTraffic,
  }),
];
const bench: Bench = { database, load, receivers, collector, redisUrl: process.env["REDIS_URL"] ?? null, events };
const runs = new Map<string, Run[]>(chosen.map(({ id }) => [id, []]));
const beside: Figure[] = [];
let latencies: LatencyRow[] = [];
let shares: StepShare[] = [];
try {
  say("warming up");
  for (const contender of chosen) {
    // A quick answer warms up the receiver alone: it is the one that compiles while it runs.
    if (!options.quick || contender.id === "one-sender") await contender.run(bench);
  }
  const measured = chosen.find(({ id }) => id === "four-senders") ?? chosen.find(({ id }) => id === "one-sender");
  if (measured !== undefined && !options.quick) {
    for (let sent = 0; sent < warmUpEvents; sent += events) await measured.run(bench);
  }
  for (let round = 1; round <= rounds; round++) {
    // Every other round backwards, so that nobody always comes after the same neighbour.
    for (const contender of round % 2 === 1 ? chosen : chosen.toReversed()) {
      const run = await contender.run(bench);
      runs.get(contender.id)?.push(run);
      say(
        `round ${round}/${rounds} ${contender.id}: ${run.cpu.toFixed(2)} µs CPU/event, ${Math.round(run.eventsPerSecond)} events/s`,
      );
    }
  }
  if (options.only === undefined || options.only.split(",").includes("transaction")) {
    say("the transaction, step by step");
    const measured = await measureTransaction(bench);
    shares = measured.shares;
    beside.push(...measured.figures);
  }
  if (options.only === undefined || options.only.split(",").includes("tenants")) {
    say("many tenants");
    beside.push(...(await measureTenants(bench)));
  }
  if (options.only === undefined || options.only.split(",").includes("beside-reports")) {
    say("single events beside another tenant's reports");
    beside.push(...(await measureBesideReports(bench, options.quick ? 1 : 3)));
  }
  if (options.only === undefined || options.only.split(",").includes("recount")) {
    say("verify, rebuild, a switch of counting rules");
    beside.push(...(await measureRecount(bench, options.quick ? 1 : 3)));
  }
  if (options.only === undefined || options.only.split(",").includes("report")) {
    say("the report of any period");
    beside.push(...(await measureReportPage(bench, options.quick ? 500_000 : 5_000_000)));
  }
  if (options.only === undefined) {
    say("latency, overload, reads");
    latencies = await measureLatency(bench, median((runs.get("four-senders") ?? []).map((run) => run.eventsPerSecond)));
    beside.push(...(await measureOverload(bench, options.quick ? 4 : 10)));
    beside.push(...(await measureReads(bench, options.quick ? 500_000 : 5_000_000)));
  }
} finally {
  for (const receiver of receivers) await receiver.stop();
  load.stop();
  await database.stop();
}

const figures: Figure[] = makeRatioFigures(runs);
figures.push(...beside);
if (options.decode) {
  say("decoding alone");
  for (const { id, ratio, spansPerSecond } of runDecodeBench()) {
    const title = `${id.replaceAll("-", " ")}: spans a second against protobufjs or JSON.parse`;
    figures.push(makeFigure({ id, title, target: null, unit: "spans/s" }, [ratio], [spansPerSecond]));
  }
}
if (options.sdk) {
  say("the SDK alone");
  for (const { name, ratio, goal } of (await runSdkBench()).ratios) {
    if (goal === null) continue;
    const id = `sdk-${name.replace(/[^a-zA-Z]+/g, "-").toLowerCase()}`;
    const target = { goal, atMost: true };
    figures.push(makeFigure({ id, title: `SDK, ${name}`, target, unit: "of theirs" }, [ratio], [ratio]));
  }
}

if (options.json) {
  process.stdout.write(`${JSON.stringify({ figures: figures.map(inJson) })}\n`);
} else {
  const [cpu] = cpus();
  const tables = [writeFigureTable(figures), writeRunTable(chosen, runs)];
  if (latencies.length > 0) tables.push(writeLatencyTable(latencies));
  if (shares.length > 0) tables.push(writeShareTable(shares));
  process.stdout.write(
    `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
      `Node ${process.version}, PostgreSQL ${database.version}; ${rounds} rounds of ${events} events; ` +
      `load average ${loadavg()
        .map((load) => load.toFixed(1))
        .join(", ")}\n\n${tables.join("\n\n")}\n`,
  );
}

function readOptions() {
  try {
    const given = readBenchOptions(process.argv.slice(2));
    if (!given.help) return given;
    process.stdout.write(describeBenchOptions());
    process.exit();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${describeBenchOptions()}`);
    process.exit(2);
  }
}
