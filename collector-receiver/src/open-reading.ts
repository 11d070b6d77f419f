import type { FastifyBaseLogger } from "fastify";
import type { AppOptions } from "./app.ts";
import type { Config } from "./config/config.ts";
import type { ReceiverMetrics } from "./operating/receiver-metrics.ts";
import { watchReplicaLag } from "./operating/watch-replica-lag.ts";
import { ReadingThread } from "./reading-thread.ts";
import type { OutageWatch } from "./storage/wire/outage-log.ts";
import { createReadPool, logReadOutages } from "./storage/wire/read-pool.ts";

/** Connections for pages and lists, in the thread that builds them. */
export const threadReads = 7;
/** Connections for short answers, live counters, probes and metrics. */
export const ownReads = 3;

/** What is closed when the receiver ends, in the opposite order. */
interface Started {
  add(what: string, close: () => Promise<unknown>): void;
}

/** Opens what pages, figures, probes and metrics are read over. */
export function openReading(config: Config, log: FastifyBaseLogger, connectionString: string, started: Started) {
  const ownOutages = logReadOutages(log);
  const pool = createReadPool(connectionString, ownReads, ownOutages);
  started.add("the read pool", () => pool.end());
  const outages = config.readDatabaseUrl === undefined ? ownOutages : logReadOutages(log);
  const thread = new ReadingThread({
    ...config,
    connectionString: config.readDatabaseUrl ?? connectionString,
    maxConnections: threadReads,
    log,
    outages,
  });
  started.add("the reading thread", () => thread.close());
  const shrink = (): void => {
    void pool.shrink();
    thread.shrink();
  };
  return { pool, thread, outages, shrink };
}

/** Where pages and figures are read if READ_DATABASE_URL names another server, with the time up to which it has the rows. */
export function readElsewhere(
  config: Config,
  log: FastifyBaseLogger,
  {
    metrics,
    now,
    outages,
  }: { readonly metrics: ReceiverMetrics; readonly now: () => number; readonly outages: OutageWatch },
  started: Started,
): AppOptions["reading"] {
  if (config.readDatabaseUrl === undefined) return undefined;
  const pool = createReadPool(config.readDatabaseUrl, ownReads, outages);
  started.add("the pool of the standby", () => pool.end());
  const lag = watchReplicaLag(pool, metrics.registry, log);
  started.add("the watch of the standby", async () => lag.close());
  return { pool, now: () => now() - lag.lagMs() };
}
