/** What is a business event at the Collector is one at the receiver, whatever form it has. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { startCollector } from "../../deploy/collector/start-collector.ts";
import { writeOwnEventsOverlay } from "../../deploy/collector/write-flag-statements.ts";
import ownDefinitions from "../../examples/own-metrics/spanledger.config.ts";
import {
  encodeProtobuf,
  eventOf,
  int,
  logsOf,
  nanos,
  spanOf,
  text,
  tracesOf,
  type Attribute,
} from "../collector-receiver/mapping/otlp-messages.ts";
import { makeFolder, removeFolder } from "../sdk/fresh-folder.ts";
import { describeWith } from "../support/describe-with.ts";
import { logRecordForms } from "../support/log-record-forms.ts";
import { startTestReceiver, type TestReceiver } from "../support/start-test-receiver.ts";

const config = fileURLToPath(new URL("../../examples/own-metrics/spanledger.config.ts", import.meta.url));
const atMs = Date.now();

/** Names, and what their events carry beside `session_id`; the last two are nobody's. */
const events: readonly (readonly [name: string, data: readonly Attribute[], mark: "marked" | "unmarked"])[] = [
  ["session.message", [text("role", "ai"), int("response_time_ms", 1480)], "unmarked"],
  ["booking.confirmed", [int("guests", 4), text("channel", "phone")], "unmarked"],
  ["booking.confirmed", [int("guests", 2)], "marked"],
  ["parcel.lost", [text("carrier", "ups")], "marked"],
  ["parcel.lost", [text("carrier", "ups")], "unmarked"],
  ["session.shown", [text("page", "/")], "unmarked"],
];

interface Sent {
  readonly signal: "traces" | "logs";
  readonly body: Buffer;
}

/** Each event in each form; its session says which. */
const requests: readonly Sent[] = events.flatMap(([name, data, mark], index) => {
  const dataOf = (form: string) => [text("session_id", `${index} ${form}`), ...data];
  const spans = [
    // As a span of the product that has events of its own too.
    spanOf([eventOf("cache.miss", []), eventOf(name, [...dataOf("span event"), ...newMarks(mark)], nanos(atMs))], {
      name: "GET /",
    }),
  ];
  const logs = logRecordForms.map(({ title, record }) => {
    const form = record(name, dataOf(title));
    return { ...form, timeUnixNano: nanos(atMs), attributes: [...form.attributes, ...newMarks(mark)] };
  });
  return [
    { signal: "traces", body: encodeProtobuf("traces", tracesOf(spans, "of the product")) },
    ...logs.map((record) => ({
      signal: "logs" as const,
      body: encodeProtobuf("logs", logsOf([record], "of the product")),
    })),
  ];
});

function newMarks(mark: "marked" | "unmarked"): Attribute[] {
  return mark === "marked" ? [text("spanledger.event.id", crypto.randomUUID())] : [];
}

/** Events of the first four kinds, in each form. */
const expected = 4 * (1 + logRecordForms.length);

async function sendAll(url: string): Promise<void> {
  for (const { signal, body } of requests) {
    const headers = { "content-type": "application/x-protobuf" };
    const answer = await fetch(`${url}/v1/${signal}`, { method: "POST", headers, body });
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
  }
}

async function rowsOf({ database }: TestReceiver): Promise<object[]> {
  const { rows } = await database.pool.query(
    `select event_id, event_name, session_id, occurred_at, event_data, trace_id from analytics_events
     order by session_id, event_id`,
  );
  return rows as object[];
}

describeWith("an OpenTelemetry Collector (npm run setup)", await findCollector(), (program) => {
  test("every form is the same event through the Collector and without it, own events included", async () => {
    const folder = makeFolder();
    onTestFinished(() => removeFolder(folder));
    const overlay = join(folder, "own-events.yaml");
    await writeFile(overlay, writeOwnEventsOverlay(Object.keys(ownDefinitions.events)));
    const [direct, behind] = [
      await startTestReceiver({ SPANLEDGER_CONFIG: config }),
      await startTestReceiver({ SPANLEDGER_CONFIG: config }),
    ];
    const collector = await startCollector({
      program: program(),
      folder,
      receiverUrl: behind.url,
      overlays: [overlay],
    });
    onTestFinished(() => collector.stop());
    await sendAll(direct.url);
    await sendAll(collector.url);

    const rows = await rowsOf(direct);
    expect(rows).toHaveLength(expected);
    await expect.poll(async () => (await rowsOf(behind)).length, { timeout: 20_000 }).toBe(expected);
    await collector.stop();
    expect(await rowsOf(behind)).toEqual(rows);
  });
});
