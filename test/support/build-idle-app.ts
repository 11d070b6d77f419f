import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { buildApp } from "../../collector-receiver/src/app.ts";
import { loadConfig } from "../../collector-receiver/src/config/load-config.ts";
import { FairShares } from "../../collector-receiver/src/fairness/fair-shares.ts";
import { countedAttributes } from "../../collector-receiver/src/metrics/event-counters.ts";
import { ReceiverMetrics } from "../../collector-receiver/src/operating/receiver-metrics.ts";

/** The app of a receiver that listens nowhere and has no database: its routes and its server's settings. */
export async function buildIdleApp(): Promise<FastifyInstance> {
  const unused = {} as never;
  const app = await buildApp({
    config: loadConfig({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" }),
    log: pino({ level: "silent" }) as FastifyBaseLogger,
    pool: unused,
    ingest: unused,
    bodies: new FairShares(1),
    metrics: new ReceiverMetrics(() => ({ bytes: 0, requests: 0 }), 1),
    retainedFromMs: () => null,
    countedAttributes,
    onAlarm: () => {},
    isDraining: () => false,
  });
  onTestFinished(() => app.close());
  await app.ready();
  return app;
}
