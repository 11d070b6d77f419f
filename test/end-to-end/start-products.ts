import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { vi } from "vitest";
import { choosePorts } from "../../examples/demo/choose-ports.ts";
import { startProcess, type RunningProcess } from "../../examples/demo/processes/start-process.ts";
import { createTestDatabase, type TestDatabase } from "../support/create-test-database.ts";

export interface Products {
  readonly database: TestDatabase;
  readonly receiverUrl: string;
  readonly chatbotUrl: string;
  readonly workbenchUrl: string;
  /** What a process has written so far. */
  log(name: "receiver" | "chatbot" | "workbench"): Promise<string>;
  /** Waits until the day counters, summed over all days, are at least these. */
  waitForCounters(atLeast: Readonly<Record<string, number>>): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

const root = new URL("../../", import.meta.url);

/**
 * The receiver and the two products as real processes on free ports, on a database of their own.
 * @param receiverEnvironment further variables of the receiver, such as REDIS_URL
 */
export async function startProducts(receiverEnvironment: Record<string, string> = {}): Promise<Products> {
  const database = await createTestDatabase();
  const ports = await choosePorts("auto");
  const logs = await mkdtemp(join(tmpdir(), "spanledger-products-"));
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const receiverUrl = url(ports.receiver);
  const processes: RunningProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const running of processes.toReversed()) await running.stop();
    await database.drop();
    await rm(logs, { recursive: true });
  };
  const inherited = { PATH: process.env["PATH"] ?? "", HOST: "127.0.0.1", DATABASE_URL: database.connectionString };
  const telemetry = { SPANLEDGER_OTLP_ENDPOINT: receiverUrl, OTEL_EXPORTER_OTLP_ENDPOINT: receiverUrl };
  const start = async (
    name: keyof typeof ports,
    [entry, ...arguments_]: readonly [entry: string, ...arguments_: string[]],
    ready: string,
    environment: Record<string, string>,
  ): Promise<void> => {
    const plan = {
      name,
      entry: new URL(entry, root),
      arguments: arguments_,
      environment: { ...inherited, ...environment, PORT: String(ports[name]) },
      readyUrl: `${url(ports[name])}${ready}`,
      logFile: join(logs, `${name}.log`),
    };
    processes.push(await startProcess(plan, new AbortController().signal));
  };
  try {
    await start("receiver", ["collector-receiver/bin/spanledger.js", "start"], "/readyz", receiverEnvironment);
    await start("chatbot", ["examples/ai-chatbot/src/main.ts"], "/livez", {
      ...telemetry,
      WORKBENCH_URL: url(ports.workbench),
      THINKING_PACE: "0.02",
    });
    await start("workbench", ["examples/agent-workbench/src/main.ts"], "/livez", telemetry);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    database,
    receiverUrl,
    chatbotUrl: url(ports.chatbot),
    workbenchUrl: url(ports.workbench),
    log: (name) => readFile(join(logs, `${name}.log`), "utf8"),
    async waitForCounters(atLeast) {
      const sums = Object.keys(atLeast)
        .map((counter) => `coalesce(sum(${counter}), 0)::float8 as ${counter}`)
        .join(", ");
      let counters: Record<string, number> = {};
      await vi
        .waitUntil(
          async () => {
            const { rows } = await database.pool.query(
              `select ${sums} from analytics_business_metrics where period_type = 'day'`,
            );
            counters = rows[0];
            return Object.entries(atLeast).every(([counter, least]) => counters[counter]! >= least);
          },
          { timeout: 20_000, interval: 50 },
        )
        .catch(() => {
          throw new Error(`waited for ${JSON.stringify(atLeast)}, but there is ${JSON.stringify(counters)}`);
        });
      return counters;
    },
    stop,
  };
}

/** A request with a JSON body and answer, as the plan's curl commands make it. */
export async function callJson(
  method: string,
  url: string,
  options: { body?: object | string; token?: string; contentType?: string } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { body, token, contentType = "application/json" } = options;
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": contentType }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
