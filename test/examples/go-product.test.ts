import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { findGoProduct } from "../../deploy/setup/build-go-product.ts";
import { findGo } from "../../deploy/setup/find-language.ts";
import { describeWith } from "../support/describe-with.ts";
import { startCollectorBefore } from "../support/start-collector-before.ts";
import { startTestReceiver, type TestReceiver } from "../support/start-test-receiver.ts";

/** Three conversations of three events; more would be the same. */
const sessions = 3;
const events = 3 * sessions;

async function runProduct(program: string, endpoint: string, protocol: string): Promise<void> {
  await promisify(execFile)(program, ["-sessions", String(sessions)], {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      // Thins out traces; what is counted is another provider's.
      OTEL_TRACES_SAMPLER: "always_off",
    },
  });
}

async function countRows({ database }: TestReceiver): Promise<number> {
  const { rows } = await database.pool.query<{ events: number }>(
    "select count(*)::int as events from analytics_events",
  );
  return rows[0]?.events ?? 0;
}

/** 100, 200 and 300 ms. */
async function expectCounted(receiver: TestReceiver): Promise<void> {
  expect(await countRows(receiver)).toBe(events);
  const summary = await (await fetch(`${receiver.url}/api/analytics/summary`)).json();
  expect(summary).toMatchObject({ current: { total_sessions: sessions, total_messages: sessions } });
  const { rows } = await receiver.database.pool.query(
    `select sum(total_response_time_ms)::int as milliseconds, (select highest_seq::int from analytics_sources) as highest
     from analytics_business_metrics where period_type = 'day'`,
  );
  expect(rows).toEqual([{ milliseconds: 600, highest: events }]);
}

const foundCollector = await findCollector();

describeWith(
  "the product in Go (npm run setup)",
  await findGoProduct(),
  (program) => {
    test("the OpenTelemetry SDK for Go, straight to the receiver by OTLP/HTTP", async () => {
      const receiver = await startTestReceiver();
      await runProduct(program(), receiver.url, "http/protobuf");
      await expectCounted(receiver);
    });

    describeWith("an OpenTelemetry Collector (npm run setup)", foundCollector, (collector) => {
      test.each([
        ["gRPC", "grpc"],
        ["HTTP", "http/protobuf"],
      ] as const)("through the Collector by %s", async (_, protocol) => {
        const receiver = await startTestReceiver();
        const { ports } = await startCollectorBefore(receiver.url, collector());
        const port = protocol === "grpc" ? ports.grpc : ports.http;
        await runProduct(program(), `http://127.0.0.1:${port}`, protocol);
        await vi.waitUntil(async () => (await countRows(receiver)) >= events, { timeout: 60_000 });
        await expectCounted(receiver);
      });
    });
  },
  (await findGo()).reason,
);
