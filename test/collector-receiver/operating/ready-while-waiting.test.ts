import Fastify from "fastify";
import { expect, test } from "vitest";
import { answerProbes } from "../../../collector-receiver/src/operating/answer-probes.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";

test("a receiver is not ready while a request has waited for its commit for more than 5 s", async () => {
  const { pool } = await useTestDatabase();
  const app = Fastify();
  let waitMs = 0;
  answerProbes(app, {
    pool,
    isDraining: () => false,
    oldestWaitMs: () => waitMs,
    findBeginProblem: async () => undefined,
  });
  const ask = async () => {
    const answer = await app.inject("/readyz");
    return { status: answer.statusCode, ingest: answer.json<{ checks: { ingest: string } }>().checks.ingest };
  };
  expect(await ask()).toEqual({ status: 200, ingest: "ok" });
  waitMs = 5_000;
  expect(await ask()).toEqual({ status: 200, ingest: "ok" });
  waitMs = 7_400;
  expect(await ask()).toEqual({ status: 503, ingest: "a request has waited for 7 s" });
  waitMs = 0;
  expect(await ask()).toEqual({ status: 200, ingest: "ok" });
});
