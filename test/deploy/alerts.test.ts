import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { locateInRepository } from "../../docs/generate-documents.ts";
import { tracesWith } from "../support/otlp-json.ts";
import { startTestReceiver, type TestReceiver } from "../support/start-test-receiver.ts";
import { evaluateAlert, readScrape, type Scrape } from "./evaluate-alert.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
const file = await readFile(locateInRepository("deploy/prometheus/alerts.yaml"), "utf8");
const rules = (parse(file) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);

async function scrape(url: string): Promise<Scrape> {
  const text = await fetch(`${url}/metrics`).then(
    (answer) => answer.text(),
    () => null,
  );
  return readScrape(text);
}

const jsonType = { "content-type": "application/json" };
const post = (url: string, body: string, headers: Record<string, string> = jsonType) =>
  fetch(`${url}/v1/traces`, { method: "POST", headers, body });
const start = (attributes: Record<string, string | number | boolean> = {}) => ({
  name: "session.start",
  attributes: { session_id: randomUUID(), ...attributes },
});
const tokens = {
  INGEST_TOKENS: "brand-a|brand-b:token-of-a-gateway-1",
  READ_TOKENS: "brand-a:token-that-only-reads",
};

/** Holds what a batch needs to commit, until the test is over or `release` is called. */
async function holdCounters(receiver: TestReceiver): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: receiver.database.connectionString });
  client.on("error", () => {});
  await client.connect();
  await client.query("begin");
  await client.query("lock table analytics_business_metrics in exclusive mode");
  let released = false;
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    await client.end();
  };
  onTestFinished(release);
  return release;
}

/** What brings an alert about, on a receiver that has counted one event before. */
const causes: Readonly<
  Record<string, { environment?: Record<string, string>; cause(receiver: TestReceiver): Promise<unknown> }>
> = {
  SpanledgerDown: { cause: (receiver) => receiver.close() },
  SpanledgerAbsent: {
    // Prometheus itself adds `up`, to every target that it knows.
    async cause() {},
  },
  SpanledgerRefusesEvents: {
    async cause({ url, database }) {
      await database.drop();
      expect((await post(url, tracesWith([start()]))).status).toBe(503);
    },
  },
  SpanledgerAlarm: {
    async cause({ url, database }) {
      await database.pool.query("alter table analytics_event_counts rename column events to gone");
      expect((await post(url, tracesWith([start()]))).status).toBe(503);
    },
  },
  SpanledgerUnexpectedError: {
    // No way is known to bring it about from outside: the counter itself has to be there and to count.
    async cause() {},
  },
  SpanledgerUnauthenticated: {
    environment: tokens,
    async cause({ url }) {
      expect((await post(url, tracesWith([start()]))).status).toBe(503);
    },
  },
  SpanledgerUnknownTenant: {
    environment: tokens,
    async cause({ url }) {
      const body = tracesWith([start()], { resource: { "spanledger.tenant": "brand-c" } });
      const headers = { ...jsonType, authorization: "Bearer token-of-a-gateway-1" };
      expect((await post(url, body, headers)).status).toBe(503);
    },
  },
  SpanledgerEventsRejected: {
    cause: ({ url }) =>
      post(url, tracesWith([{ name: "session.start", attributes: { "spanledger.event.id": randomUUID() } }])),
  },
  SpanledgerMalformedRequests: { cause: ({ url }) => post(url, "{") },
  SpanledgerCompressionNotTaken: {
    async cause({ url }) {
      const answer = await post(url, "any", { ...jsonType, "content-encoding": "snappy" });
      expect(answer.status).toBe(503);
    },
  },
  SpanledgerMisdirectedRequests: { cause: ({ url }) => post(`${url}/v1/events`, "{}") },
  SpanledgerNearMisses: { cause: ({ url }) => post(url, tracesWith([{ ...start(), name: " Session.Start " }])) },
  SpanledgerSenderLosses: {
    cause: ({ url }) => post(url, tracesWith([start()]).replace('"events":', '"droppedEventsCount":2,"events":')),
  },
  SpanledgerEventsMissing: {
    cause: ({ url }) => post(url, tracesWith([start({ ...source("a"), "spanledger.event.seq": 40 })])),
  },
  SpanledgerEventsDropped: {
    cause: ({ database }) => database.pool.query("update analytics_sources set drops_reported = 3"),
  },
  SpanledgerQueueFilling: {
    environment: { MAX_QUEUE_BYTES: String(1024 * 1024) },
    async cause(receiver) {
      const release = await holdCounters(receiver);
      const large = Array.from({ length: 600 }, () => start({ channel: "x".repeat(1200) }));
      const answer = post(receiver.url, tracesWith(large));
      onTestFinished(async () => {
        await release();
        await answer;
      });
      await expect
        .poll(async () => (await scrape(receiver.url)).get("spanledger_queue_bytes{}")?.value, { timeout: 20_000 })
        .toBeGreaterThan(0.8 * 1024 * 1024);
    },
  },
  SpanledgerCommitLag: {
    cause: ({ url }) => post(url, tracesWith([{ ...start(), atMs: Date.now() - 600_000 }])),
  },
  SpanledgerSlowCommits: {
    async cause(receiver) {
      const release = await holdCounters(receiver);
      const answer = post(receiver.url, tracesWith([start()]));
      await new Promise((resolve) => setTimeout(resolve, 2600));
      await release();
      await answer;
    },
  },
  SpanledgerRedisDisconnected: { environment: { REDIS_URL: "redis://127.0.0.1:1" }, async cause() {} },
};

function withValue(scrape: Scrape, series: string, value: number): Scrape {
  const { labels } = scrape.get(series)!;
  return new Map([...scrape, [series, { labels, value }]]);
}

function source(id: string): Record<string, string | number> {
  return { "spanledger.event.id": randomUUID(), "spanledger.source.id": id };
}

describe("alert rules", () => {
  test("each has a severity, a summary, a wait that ends, a cause here and a section in docs/operating.md", async () => {
    const manual = await readFile(locateInRepository("docs/operating.md"), "utf8");
    expect(rules.map(({ alert }) => alert).toSorted()).toEqual(Object.keys(causes).toSorted());
    for (const { alert, labels, annotations, for: lasting = "0m" } of rules) {
      expect(["critical", "warning"]).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(20);
      // Who waits longer for a cause to pass by itself hears of it too late.
      expect(Number(/^(\d+)m$/.exec(lasting)?.[1]), alert).toBeLessThanOrEqual(30);
      expect(manual, alert).toContain(`### ${alert}\n`);
    }
  });

  test("each value that a rule asks a label for has a series from the start", async () => {
    const { url } = await startTestReceiver();
    const samples = [...(await scrape(url)).values()];
    const asked = rules.flatMap(({ alert, expr }) =>
      [...expr.matchAll(/(\w+)\{(\w+)=~"([^"]+)"/g)].flatMap(([, name, label, values = ""]) =>
        values.split("|").map((value) => ({ alert, name, label: label ?? "", value })),
      ),
    );
    expect(asked.length).toBeGreaterThan(10);
    const unknown = asked.filter(
      ({ name, label, value }) => !samples.some(({ labels }) => labels["__name__"] === name && labels[label] === value),
    );
    expect(unknown).toEqual([]);
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))("%s", async (alert, { expr }) => {
    const { environment = {}, cause } = causes[alert]!;
    const receiver = await startTestReceiver(environment);
    const headers = { ...jsonType, authorization: "Bearer token-of-a-gateway-1" };
    const resource = {
      "service.name": "test",
      "spanledger.tenant": environment["INGEST_TOKENS"] ? "brand-a" : "default",
    };
    const send = async (numbers: readonly number[]): Promise<Scrape> => {
      for (const number of numbers) {
        const body = tracesWith([start({ ...source("a"), "spanledger.event.seq": number })], { resource });
        expect((await post(receiver.url, body, headers)).status).toBe(200);
      }
      return scrape(receiver.url);
    };
    const early = await send([1]);
    // So many that one that a busy machine commits slowly is not every tenth.
    const quiet = await send(Array.from({ length: 20 }, (_, index) => index + 2));
    const connected = "spanledger_live_redis_connected{}";
    // With a Redis that answers, which not every machine has.
    const usual = quiet.has(connected) ? withValue(quiet, connected, 1) : quiet;
    expect(evaluateAlert(expr, early, usual)).toBe(false);
    await cause(receiver);
    if (alert === "SpanledgerAbsent") {
      const [known] = [...quiet.entries()].filter(([series]) => series === "up");
      const other = { labels: { ...known?.[1].labels, job: "other" }, value: 1 };
      expect(evaluateAlert(expr, quiet, new Map([["up", other]]))).toBe(true);
      return;
    }
    if (alert === "SpanledgerUnexpectedError") {
      const counted = [...quiet.keys()].filter((series) => series.includes('outcome="unexpected_error"'));
      expect(counted).toHaveLength(2);
      for (const series of counted) expect(evaluateAlert(expr, quiet, withValue(quiet, series, 1)), series).toBe(true);
      return;
    }
    await expect
      .poll(async () => evaluateAlert(expr, quiet, await scrape(receiver.url)), { timeout: 30_000, interval: 250 })
      .toBe(true);
    if (alert === "SpanledgerQueueFilling") {
      const full = quiet.get("spanledger_queue_limit_bytes{}")!.value;
      const isFilling = (share: number) =>
        evaluateAlert(expr, quiet, withValue(quiet, "spanledger_queue_bytes{}", share * full));
      expect([isFilling(0.75), isFilling(0.85)]).toEqual([false, true]);
    }
  });
});
