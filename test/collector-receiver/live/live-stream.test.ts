import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { startReceiver } from "../../../collector-receiver/src/start-receiver.ts";
import { pino } from "pino";
import { tracesWith } from "../../support/otlp-json.ts";
import { describeWith } from "../../support/describe-with.ts";
import { findRedisProgram } from "../../../deploy/setup/find-redis-server.ts";
import { redisExcuse } from "../../support/open-test-redis.ts";
import { startRedis } from "../../support/start-redis.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const program = await findRedisProgram();
const session = (id: string) => ({ name: "session.start", attributes: { session_id: id } });

async function send(url: string, events: Parameters<typeof tracesWith>[0]): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) });
  expect(answer.status).toBe(200);
}

/** A second is too short for a busy machine. */
const soon = { timeout: 60_000, interval: 50 };

/**
 * Reads on until an event says this: on a busy machine Redis may not answer in time, and the stream then rightly
 * shows PostgreSQL in between.
 */
async function shows(stream: Awaited<ReturnType<typeof openStream>>, expected: object): Promise<void> {
  for (;;) {
    const event = await stream.next();
    if (event === null) throw new Error(`the stream ended before it showed ${JSON.stringify(expected)}`);
    try {
      expect(event.data).toMatchObject(expected);
      return;
    } catch {
      continue;
    }
  }
}

/** A client of server-sent events as a browser is one. */
async function openStream(url: string) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${url}/api/analytics/live?stream=1`, { signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    response,
    abort,
    /** The next event; null if the stream has ended. */
    async next(): Promise<{ event: string; data: Record<string, any> } | null> {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const lines = text.slice(0, end).split("\n");
          text = text.slice(end + 2);
          const event = lines.find((line) => line.startsWith("event: "))?.slice(7);
          const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
          if (event !== undefined) return { event, data: JSON.parse(data ?? "null") };
          continue;
        }
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return null;
        text += chunk.value;
      }
    },
  };
}

describe("live?stream=1", () => {
  test("the document now, and after each change, also one that another receiver counted", async () => {
    const first = await startTestReceiver();
    const environment = { PORT: "0", DATABASE_URL: first.database.connectionString };
    const second = await startReceiver(loadConfig(environment), pino({ level: "silent" }));
    onTestFinished(() => second.close());
    const stream = await openStream(first.url);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(stream.response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await stream.next()).toMatchObject({
      event: "live",
      data: { source: "postgresql", daily: { total_sessions: 0 } },
    });
    // The receiver looks every half second; what it has shown already it does not show again.
    await sleep(1700);
    await send(first.url, [session("s1")]);
    expect(await stream.next()).toMatchObject({ data: { daily: { total_sessions: 1 } } });
    await send(second.url, [session("s2")]);
    expect(await stream.next()).toMatchObject({ data: { daily: { total_sessions: 2 } } });
    const newcomer = await openStream(first.url);
    expect(await newcomer.next()).toMatchObject({ data: { daily: { total_sessions: 2 } } });
  });

  test("a receiver that closes ends its streams instead of waiting for them", async () => {
    const receiver = await startTestReceiver();
    const stream = await openStream(receiver.url);
    await stream.next();
    await receiver.close();
    expect(await stream.next()).toBeNull();
  });

  test("streams are bounded by tenant; one that its client leaves makes room", async () => {
    const { url } = await startTestReceiver();
    const streams = await Promise.all(Array.from({ length: 100 }, () => openStream(url)));
    expect(streams.map(({ response }) => response.status)).toEqual(Array.from({ length: 100 }, () => 200));
    const refused = await fetch(`${url}/api/analytics/live?stream=1`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({ error: { code: "too_many_streams" } });
    const headers = { "x-spanledger-tenant": "another" };
    const abort = new AbortController();
    const other = await fetch(`${url}/api/analytics/live?stream=1`, { headers, signal: abort.signal });
    abort.abort();
    expect(other.status).toBe(200);
    streams[0]?.abort.abort();
    await expect
      .poll(async () => {
        const { response, abort } = await openStream(url);
        if (response.status !== 200) abort.abort();
        return response.status;
      }, soon)
      .toBe(200);
  });
});

describeWith(
  "redis-server (npm run setup)",
  program,
  (redisProgram) => {
    test("the stream comes from Redis, with a change of source when Redis dies and returns", async () => {
      const redis = await startRedis(redisProgram());
      onTestFinished(redis.stop);
      const { url } = await startTestReceiver({ REDIS_URL: redis.url });
      await expect
        .poll(async () => (await fetch(`${url}/api/analytics/live`)).json(), soon)
        .toMatchObject({ source: "redis" });
      const stream = await openStream(url);
      await shows(stream, { source: "redis", daily: { total_sessions: 0 } });
      await send(url, [session("s1")]);
      await shows(stream, { source: "redis", daily: { total_sessions: 1 } });
      await redis.kill();
      await shows(stream, { source: "postgresql", fallback: true });
      await redis.restart();
      await shows(stream, { source: "redis", daily: { total_sessions: 1 } });
    });
  },
  redisExcuse,
);
