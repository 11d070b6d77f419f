/**
 * OpenTelemetry's own SDKs as judges: each sends the same odd things, and the receiver takes them without the SDK's help.
 *
 * Every program takes ENDPOINT, PROTOCOL (`http/protobuf`, `http/json`, `grpc`) and SIGNAL (`traces`, `logs`), and sends
 * events without a mark: `plain`; `odd` with values at the edges of their types; one of nobody's; `large` with a text of
 * 1 MiB; `old`, from before 1970; and 200 of one session, `many`, on one span.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { findGo } from "../../deploy/setup/find-language.ts";
import { findJavaPackages, missingForJava } from "../../deploy/setup/obtain-java-packages.ts";
import { findPythonWithPackages } from "../../deploy/setup/obtain-python-packages.ts";
import { findGoSender, findJavascriptSender, javascriptYears } from "../../deploy/setup/senders.ts";
import { describeWith } from "../support/describe-with.ts";
import { startCollectorBefore } from "../support/start-collector-before.ts";
import { startTestReceiver, type TestReceiver } from "../support/start-test-receiver.ts";

const run = promisify(execFile);
const here = import.meta.dirname;
const mostMs = 120_000;
const signals = ["traces", "logs"] as const;
type Signal = (typeof signals)[number];
type Protocol = "http/protobuf" | "http/json" | "grpc";

/** Runs a sender to its end. */
async function send(program: string, args: readonly string[], endpoint: string, protocol: Protocol, signal: Signal) {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    ENDPOINT: endpoint,
    PROTOCOL: protocol,
    SIGNAL: signal,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  await run(program, [...args], { env, timeout: mostMs });
}

interface Stored {
  readonly session: string;
  readonly events: number;
}

async function storedBy({ database }: TestReceiver): Promise<Stored[]> {
  const { rows } = await database.pool.query<Stored>(
    `select session_id as session, count(*)::int as events from analytics_events
     where session_id <> 'old' group by 1 order by 1`,
  );
  return rows;
}

const expected = [
  { session: "large", events: 1 },
  { session: "many", events: 200 },
  { session: "odd", events: 1 },
  { session: "plain", events: 1 },
];

async function expectStored(receiver: TestReceiver): Promise<void> {
  await expect.poll(() => storedBy(receiver), { timeout: 20_000 }).toEqual(expected);
  const { pool } = receiver.database;
  const { rows } = await pool.query<{ data: Record<string, unknown> }>(
    "select event_data as data from analytics_events where session_id = 'odd'",
  );
  const { huge, nan, wide, low, ...data } = rows[0]?.data ?? {};
  expect(data).toEqual({ session_id: "odd", texts: ["a", "b"], text: '你好\n"\\ 😀' });
  // JavaScript's protobuf exporters send the low 64 bits of an integral number, and its JSON has no NaN.
  expect([1e21, Number(BigInt.asIntN(64, BigInt(1e21)))]).toContain(huge);
  expect(["NaN", undefined]).toContain(nan);
  expect([2 ** 63, -(2 ** 63)]).toContain(wide);
  expect(low).toBe(-(2 ** 63));
  // Some SDKs send a time before 1970 as none: then the event counts when it was observed.
  const { rows: old } = await pool.query<{ recent: boolean }>(
    "select occurred_at > now() - interval '1 hour' as recent from analytics_events where session_id = 'old'",
  );
  expect(old.every(({ recent }) => recent)).toBe(true);
  const { rows: large } = await pool.query("select event_data from analytics_events where session_id = 'large'");
  const left = { note: { code: "attribute_too_large", undeclared: true } };
  expect(large).toEqual([{ event_data: { session_id: "large", "spanledger.invalid": left } }]);
  // What cannot count is kept with its reason, and hurts no other.
  const { rows: kept } = await pool.query<{ code: string }>("select code from analytics_rejected_events order by code");
  const others = kept.map(({ code }) => code);
  expect(others).toHaveLength(1 - old.length);
  for (const code of others)
    expect(["in_the_future", "invalid_time", "missing_time", "time_before_2000"]).toContain(code);
}

async function directly(program: string, args: readonly string[], protocol: Protocol, signal: Signal): Promise<void> {
  const receiver = await startTestReceiver();
  await send(program, args, receiver.url, protocol, signal);
  await expectStored(receiver);
}

async function byGrpc(program: string, args: readonly string[], collector: string, signal: Signal): Promise<void> {
  const receiver = await startTestReceiver();
  const { ports } = await startCollectorBefore(receiver.url, collector);
  await send(program, args, `http://127.0.0.1:${ports.grpc}`, "grpc", signal);
  await expectStored(receiver);
}

const collector = await findCollector();
const javaSenders = {
  okhttp: "io.opentelemetry.exporter.sender.okhttp.internal.OkHttpHttpSenderProvider",
  jdk: "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider",
};
const javaArguments = (jars: string, sender: keyof typeof javaSenders): string[] => [
  "-Dfile.encoding=UTF-8",
  `-Dio.opentelemetry.sdk.common.export.HttpSenderProvider=${javaSenders[sender]}`,
  "-cp",
  join(jars, "*"),
  join(here, "java/Sender.java"),
];

describeWith(
  "OpenTelemetry Java (npm run setup)",
  await findJavaPackages(),
  (jars) => {
    test.each(signals.flatMap((signal) => [[signal, "okhttp"] as const, [signal, "jdk"] as const]))(
      "%s by the sender %s",
      (signal, sender) => directly("java", javaArguments(jars(), sender), "http/protobuf", signal),
      mostMs,
    );
    test.skipIf(collector === undefined).each(signals)(
      "%s by gRPC through the Collector",
      (signal) => byGrpc("java", javaArguments(jars(), "okhttp"), collector!, signal),
      mostMs,
    );
  },
  await missingForJava(),
);

describeWith(
  "OpenTelemetry Go (npm run setup)",
  await findGoSender(),
  (program) => {
    test.each(signals)("%s", (signal) => directly(program(), [], "http/protobuf", signal), mostMs);
    test.skipIf(collector === undefined).each(signals)(
      "%s by gRPC through the Collector",
      (signal) => byGrpc(program(), [], collector!, signal),
      mostMs,
    );
  },
  (await findGo()).reason,
);

describeWith("OpenTelemetry Python (npm run setup)", await findPythonWithPackages(), (python) => {
  const sender = [join(here, "python/sender.py")];
  test.each(signals)("%s", (signal) => directly(python(), sender, "http/protobuf", signal), mostMs);
  test.skipIf(collector === undefined).each(signals)(
    "%s by gRPC through the Collector",
    (signal) => byGrpc(python(), sender, collector!, signal),
    mostMs,
  );
});

for (const year of javascriptYears) {
  describeWith(`OpenTelemetry JavaScript of ${year} (npm run setup)`, await findJavascriptSender(year), (installed) => {
    // There was none for logs in 2021.
    const ways = signals
      .filter((signal) => signal === "traces" || year !== "2021")
      .flatMap((signal) => [[signal, "http/protobuf"] as const, [signal, "http/json"] as const]);
    test.each(ways)(
      "%s, %s",
      async (signal, protocol) => {
        const folder = mkdtempSync(join(installed(), "run-"));
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        copyFileSync(join(here, "javascript/sender.mjs"), join(folder, "sender.mjs"));
        await directly(process.execPath, [join(folder, "sender.mjs")], protocol, signal);
      },
      mostMs,
    );
  });
}
