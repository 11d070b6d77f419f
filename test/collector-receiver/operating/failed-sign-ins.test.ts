import { pino } from "pino";
import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import {
  FailedSignIns,
  TooManyFailuresError,
  type FailedSignInSummary,
} from "../../../collector-receiver/src/operating/failed-sign-ins.ts";
import { ReceiverMetrics } from "../../../collector-receiver/src/operating/receiver-metrics.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const tokens = { INGEST_TOKENS: "default:sender-7Kq2xw9Zr4", READ_TOKENS: "default:reader-5Lm8tb3Yc6" };
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test("wrong tokens and links are counted, throttled and audited; a right token is always served", async () => {
  const receiver = await startTestReceiver(tokens);
  const statuses: number[] = [];
  for (let i = 0; i < 20; i++) {
    statuses.push((await fetch(`${receiver.url}/api/analytics/summary`, bearer(`guessed-token-number-${i}`))).status);
    statuses.push((await fetch(`${receiver.url}/shared/${"x".repeat(42)}${i % 10}`)).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(15);
  expect(statuses.filter((status) => status === 404)).toHaveLength(15);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  // A browser's first request shows no token and is not a guess.
  expect((await fetch(`${receiver.url}/report`)).status).toBe(401);
  expect((await fetch(`${receiver.url}/api/analytics/summary`, bearer("reader-5Lm8tb3Yc6"))).status).toBe(200);

  const metrics = await (await fetch(`${receiver.url}/metrics`, bearer("reader-5Lm8tb3Yc6"))).text();
  expect(metrics).toContain('spanledger_failed_sign_ins_total{door="token"} 20');
  expect(metrics).toContain('spanledger_failed_sign_ins_total{door="share"} 20');
  await receiver.close();
  const { rows } = await receiver.database.pool.query("select tenant_id, details from analytics_audit");
  expect(rows).toEqual([{ tenant_id: "*", details: { token: 20, share: 20 } }]);
  expect(JSON.stringify(receiver.log)).not.toContain("guessed-token");
});

test("each minute begins anew, an address does not pay for another, and memory is bounded", async () => {
  const audited: FailedSignInSummary[] = [];
  const signIns = new FailedSignIns({
    registry: new ReceiverMetrics(() => ({ bytes: 0, requests: 0 }), 1).registry,
    log: pino({ level: "silent" }) as FastifyBaseLogger,
    audit: async (failures) => void audited.push(failures),
  });
  onTestFinished(() => signIns.close());
  const fail = (ip: string) => signIns.note("token", { ip } as FastifyRequest);
  for (let i = 0; i < 30; i++) fail("10.0.0.1");
  expect(() => fail("10.0.0.1")).toThrow(TooManyFailuresError);
  expect(() => fail("10.0.0.2")).not.toThrow();
  await signIns.report();
  await signIns.report();
  expect(audited).toEqual([{ token: 32, share: 0 }]);
  expect(() => fail("10.0.0.1")).not.toThrow();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 200_000; i++) fail(`2001:db8::${i.toString(16)}`);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
});
