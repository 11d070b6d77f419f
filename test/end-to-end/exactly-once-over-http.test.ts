import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadConfig } from "../../collector-receiver/src/config/load-config.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { startReceiver } from "../../collector-receiver/src/start-receiver.ts";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { startTestReceiver } from "../support/start-test-receiver.ts";

interface SentEvent {
  readonly id: string;
  readonly name: string;
  readonly attributes: Record<string, string | number | boolean>;
  readonly atMs: number;
}

const names = ["session.start", "session.message", "session.end", "session.escalate", "agent.session_takeover"];

test("marked events as span events and as log records, duplicated and shuffled over two receivers, count once", async () => {
  const first = await startTestReceiver();
  const second = await startReceiver(
    loadConfig({ PORT: "0", DATABASE_URL: first.database.connectionString }),
    pino({ level: "silent" }),
  );
  onTestFinished(() => second.close());
  const urls = [first.url, second.url];
  let sentBefore = 0;
  const drafts = fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      session: fc.integer({ min: 1, max: 5 }),
      minutesAgo: fc.integer({ min: 0, max: 3000 }),
      deliveries: fc.array(
        fc.record({ receiver: fc.nat(1), as: fc.constantFrom("traces", "logs"), gzip: fc.boolean(), order: fc.nat() }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(drafts, async (events) => {
      const run = randomUUID().slice(0, 8);
      const now = Date.now();
      const sent = events.map((draft): SentEvent & { deliveries: typeof draft.deliveries } => ({
        id: randomUUID(),
        name: draft.name,
        atMs: now - draft.minutesAgo * 60_000,
        attributes: {
          session_id: `${run}-${draft.session}`,
          ...(draft.name.startsWith("agent.") ? { agent_id: 3 } : {}),
        },
        deliveries: draft.deliveries,
      }));
      const posts = sent
        .flatMap((event) => event.deliveries.map((delivery) => ({ event, delivery })))
        .toSorted((a, b) => a.delivery.order - b.delivery.order);
      const answers = await Promise.all(
        posts.map(({ event, delivery }) => post(urls[delivery.receiver] as string, event, delivery)),
      );
      expect(new Set(answers)).toEqual(new Set([200]));
      sentBefore += sent.length;
      const { rows } = await first.database.pool.query(
        "select (select count(*)::int from analytics_events) as stored, sum(events)::int as counted from analytics_event_counts",
      );
      expect(rows).toEqual([{ stored: sentBefore, counted: sentBefore }]);
      expect(await verifyTenant(first.database.connectionString, "default")).toMatchObject({ drifts: 0 });
    }),
    { numRuns: 10 },
  );
});

async function post(url: string, event: SentEvent, how: { as: string; gzip: boolean }): Promise<number> {
  const attributes = Object.entries({ ...event.attributes, "spanledger.event.id": event.id }).map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
  }));
  const nanos = `${event.atMs}000000`;
  const ids = { traceId: "9f0c21d47ab35e688d1e4f6072b3c5a9", spanId: "c07a3df51e9b2468" };
  const body =
    how.as === "traces"
      ? {
          resourceSpans: [
            {
              scopeSpans: [
                {
                  spans: [
                    {
                      ...ids,
                      name: event.name,
                      startTimeUnixNano: nanos,
                      endTimeUnixNano: nanos,
                      events: [{ name: event.name, timeUnixNano: nanos, attributes }],
                    },
                  ],
                },
              ],
            },
          ],
        }
      : {
          resourceLogs: [
            { scopeLogs: [{ logRecords: [{ ...ids, eventName: event.name, timeUnixNano: nanos, attributes }] }] },
          ],
        };
  const text = JSON.stringify(body);
  const answer = await fetch(`${url}/v1/${how.as}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(how.gzip ? { "content-encoding": "gzip" } : {}) },
    body: how.gzip ? gzipSync(text) : text,
  });
  expect(await answer.json()).toEqual({});
  return answer.status;
}
