import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { migrateDatabase } from "../../collector-receiver/src/storage/schema/migrate-database.ts";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { chooseCollectorPorts, choosePorts } from "./choose-ports.ts";
import { DemoError, type DemoOptions } from "./parse-demo-arguments.ts";
import { healthUrl, writeCollectorPlan } from "./processes/collector-plan.ts";
import { startProcess, type RunningProcess } from "./processes/start-process.ts";
import type { Progress } from "./show-progress.ts";

/** What the demo has started, and what is to be undone at its end, last first. */
export interface DemoServices {
  readonly receiverUrl: string;
  readonly collector: DemoCollector | null;
  /** Where events are sent to: the Collector if there is one, else the receiver. */
  readonly otlpUrl: string;
  readonly chatbotUrl: string;
  readonly workbenchUrl: string;
  readonly modelUrl: string;
  readonly databaseUrl: string;
  /** What agents log in with. */
  readonly password: string;
  readonly pool: pg.Pool;
  readonly chatbot: RunningProcess;
  readonly workbench: RunningProcess;
  readonly processes: readonly RunningProcess[];
}

export interface DemoCollector {
  readonly url: string;
  readonly metricsUrl: string;
}

export type Undo = () => Promise<void>;

/** The numbers of the demo hang on these: they do not come from the environment of whoever starts it. */
const settings = {
  BUSINESS_TIMEZONE: "Asia/Shanghai",
  CURRENCY: "CNY",
  COST_PER_MANUAL_SESSION: "10",
  LOCALE: "zh-CN",
  HOST: "127.0.0.1",
  SAMPLE_DATA: "true",
} as const;
const password = "xxx";
const config = fileURLToPath(new URL("./spanledger.config.ts", import.meta.url));
const runCollector = new URL("./processes/run-collector.ts", import.meta.url);
const countRecordedEvents = new URL("./processes/count-recorded-events.ts", import.meta.url);

/**
 * Starts PostgreSQL, the receiver, the Collector if there is one, a stand-in for a model, and both products, in this order.
 * @param undo gets what stops each of them, as soon as it runs
 */
export async function startDemoServices(
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
  undo: Undo[],
): Promise<DemoServices> {
  const ports = await choosePorts(options.ports);
  const dataFolder = resolve(options.dataFolder);
  await mkdir(join(dataFolder, "logs"), { recursive: true });

  progress.update("Starting PostgreSQL …");
  const postgres = await startEmbeddedPostgres({ dataFolder });
  undo.push(() => postgres.stop());
  signal.throwIfAborted();
  const applied = await migrateDatabase(postgres.connectionString);
  progress.say(
    `PostgreSQL runs on 127.0.0.1:${postgres.port}, data in ${options.dataFolder}` +
      (applied.length > 0 ? `, ${applied.length} migrations applied` : ""),
  );
  const pool = new pg.Pool({ connectionString: postgres.connectionString, max: 4 });
  pool.on("error", () => {}); // An idle connection that breaks at shutdown is of no interest; queries still throw.
  undo.push(() => pool.end());

  const receiverUrl = `http://127.0.0.1:${ports.receiver}`;
  const chatbotUrl = `http://127.0.0.1:${ports.chatbot}`;
  const workbenchUrl = `http://127.0.0.1:${ports.workbench}`;
  const modelUrl = `http://127.0.0.1:${ports.model}`;
  const common = { ...inheritedEnvironment(), ...settings };
  const processes: RunningProcess[] = [];
  const start = async (
    name: string,
    [entry, ...arguments_]: readonly [entry: string, ...arguments_: string[]],
    url: string,
    ready: string,
    environment: Record<string, string>,
  ) => {
    progress.update(`Starting the ${name} …`);
    const running = await startProcess(
      {
        name,
        entry: new URL(entry, import.meta.url),
        arguments: arguments_,
        environment: { ...common, ...environment },
        readyUrl: new URL(ready, url).href,
        logFile: join(dataFolder, "logs", `${name.replaceAll(" ", "-")}.log`),
        ...(isProduct(name) ? { preload: [countRecordedEvents] } : {}),
      },
      signal,
    );
    processes.push(running);
    undo.push(() => running.stop());
    progress.say(`The ${name} listens on ${url}`);
    return running;
  };

  await start("receiver", ["../../collector-receiver/bin/spanledger.js", "start"], receiverUrl, "/readyz", {
    DATABASE_URL: postgres.connectionString,
    PORT: String(ports.receiver),
    SPANLEDGER_CONFIG: config,
  });
  const collector = await startCollectorProcess();
  const otlpUrl = collector?.url ?? receiverUrl;
  const telemetry = { SPANLEDGER_OTLP_ENDPOINT: otlpUrl, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl };
  await start("stand-in model", ["./stand-in-model/main.ts"], modelUrl, "/livez", { PORT: String(ports.model) });
  const chatbot = await start("AI chatbot", ["../ai-chatbot/src/main.ts"], chatbotUrl, "/livez", {
    ...telemetry,
    DATABASE_URL: postgres.connectionString,
    WORKBENCH_URL: workbenchUrl,
    MODEL_URL: `${modelUrl}/v1/`,
    PORT: String(ports.chatbot),
  });
  const workbench = await start("agent workbench", ["../agent-workbench/src/main.ts"], workbenchUrl, "/livez", {
    ...telemetry,
    WORKBENCH_PASSWORD: password,
    PORT: String(ports.workbench),
  });
  return {
    receiverUrl,
    collector,
    otlpUrl,
    chatbotUrl,
    workbenchUrl,
    modelUrl,
    databaseUrl: postgres.connectionString,
    password,
    pool,
    chatbot,
    workbench,
    processes,
  };

  async function startCollectorProcess(): Promise<DemoCollector | null> {
    const program = options.direct ? undefined : await findDemoCollector();
    if (program === undefined) {
      const why = options.direct ? "--direct" : "no Collector here; `npm run collector:build` gets one";
      progress.say(`Events go products → receiver (${why})`);
      return null;
    }
    const collectorPorts = await chooseCollectorPorts(options.ports);
    const url = `http://127.0.0.1:${collectorPorts.http}`;
    const plan = { program, folder: join(dataFolder, "collector"), receiverUrl, ports: collectorPorts };
    const health = healthUrl(collectorPorts);
    await start("Collector", [runCollector.href], url, health, writeCollectorPlan(plan));
    progress.say("Events go products → Collector → receiver");
    return { url, metricsUrl: `http://127.0.0.1:${collectorPorts.metrics}/metrics` };
  }
}

const isProduct = (name: string): boolean => name === "AI chatbot" || name === "agent workbench";

/** @throws DemoError `collector_unfit` if OTELCOL_BIN names one that lacks something */
async function findDemoCollector(): Promise<string | undefined> {
  try {
    return await findCollector();
  } catch (error) {
    throw new DemoError("collector_unfit", `${(error as Error).message}. Unset OTELCOL_BIN, or start with --direct.`);
  }
}

/** Our environment without what would send the demo's data elsewhere or change its numbers. */
function inheritedEnvironment(): Record<string, string> {
  const own =
    /^(?:OTEL_|SPANLEDGER_|DATABASE_URL$|REDIS_URL$|INGEST_TOKENS$|READ_TOKENS$|SESSION_IDLE_TIMEOUT$|RETENTION_MONTHS$|NODE_OPTIONS$|PG[A-Z]+$)/;
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !own.test(entry[0]),
    ),
  );
}
