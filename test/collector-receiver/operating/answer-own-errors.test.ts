import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { buildApp } from "../../../collector-receiver/src/app.ts";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { FairShares } from "../../../collector-receiver/src/fairness/fair-shares.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";
import { ReceiverMetrics } from "../../../collector-receiver/src/operating/receiver-metrics.ts";

/** The receiver's app, whose queue cannot be measured: `/metrics`, which is of neither plugin, fails. */
async function useApp(): Promise<{ app: FastifyInstance; log: string[] }> {
  const log: string[] = [];
  const unused = {} as never;
  const app = await buildApp({
    config: loadConfig({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" }),
    log: pino({ level: "info" }, { write: (line: string) => void log.push(line) }) as FastifyBaseLogger,
    pool: unused,
    ingest: unused,
    bodies: new FairShares(1),
    metrics: new ReceiverMetrics(() => {
      throw Object.assign(new Error("the queue is broken"), { code: "queue_broken" });
    }, 1),
    retainedFromMs: () => null,
    countedAttributes,
    onAlarm: () => {},
    isDraining: () => false,
  });
  onTestFinished(() => app.close());
  return { app, log };
}

test("a fault outside the pages and the API: 500 with code and message, and only the log has the stack", async () => {
  const { app, log } = await useApp();
  const answer = await app.inject("/metrics");
  expect(answer.statusCode).toBe(500);
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  expect(answer.json()).toEqual({
    error: { code: "internal_error", message: "the request failed; the receiver's log says why" },
  });
  expect(log).toHaveLength(1);
  expect(JSON.parse(log[0]!)).toMatchObject({
    msg: "a request failed",
    err: { message: "the queue is broken", stack: expect.stringMatching(/\n +at /) },
  });
});

test("a body that is too large is answered with a code and a sentence, without a stack or a line in the log", async () => {
  const { app, log } = await useApp();
  const answer = await app.inject({ method: "POST", url: "/nothing", payload: { text: "x".repeat(70_000) } });
  expect(answer.statusCode).toBe(413);
  expect(answer.json()).toEqual({
    error: { code: "FST_ERR_CTP_BODY_TOO_LARGE", message: "Request body is too large" },
  });
  expect(log).toEqual([]);
});
