import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { findFreePort } from "../../collector-receiver/src/embedded/find-free-port.ts";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { findPython } from "../../deploy/setup/find-language.ts";
import { findPythonWithPackages } from "../../deploy/setup/obtain-python-packages.ts";
import { describeWith } from "../support/describe-with.ts";
import { startCollectorBefore } from "../support/start-collector-before.ts";
import { startTestReceiver, type TestReceiver } from "../support/start-test-receiver.ts";

const example = fileURLToPath(new URL("../../examples/python-fastapi/", import.meta.url));
/** Nothing of this machine's telemetry; a sampler that would keep no trace. */
const environment = {
  PATH: process.env["PATH"] ?? "",
  PYTHONDONTWRITEBYTECODE: "1",
  OTEL_TRACES_SAMPLER: "always_off",
};

interface StoredEvent {
  readonly name: string;
  readonly version: string;
  readonly service: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function storedEvents({ database }: TestReceiver): Promise<StoredEvent[]> {
  const { rows } = await database.pool.query<StoredEvent>(
    `select event_name as name, substr(event_id::text, 15, 1) as version, service_name as service, event_data as data
     from analytics_events order by occurred_at, event_id`,
  );
  return rows;
}

/** The example as a process of its own, ended by SIGTERM. */
async function startProduct(python: string, settings: Record<string, string>) {
  const port = await findFreePort();
  const child = spawn(python, ["main.py"], {
    cwd: example,
    env: { ...environment, ...settings, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(child, "close") as Promise<[code: number | null, signal: string | null]>;
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await closed;
  });
  const url = `http://127.0.0.1:${port}`;
  await vi
    .waitUntil(
      () =>
        fetch(`${url}/livez`).then(
          (answer) => answer.ok,
          () => false,
        ),
      { timeout: 60_000 },
    )
    .catch(() => {
      throw new Error(`the product did not start; it said:\n${said}`);
    });
  return {
    async post(path: string, body?: object): Promise<Record<string, unknown>> {
      const answer = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body ?? {}),
      });
      expect(answer.status, path).toBe(200);
      return (await answer.json()) as Record<string, unknown>;
    },
    async stop() {
      child.kill("SIGTERM");
      await closed;
      expect(said).toBe("");
    },
  };
}

/** A conversation by the plan's step 7: hello, a human, goodbye. */
async function converse(product: Awaited<ReturnType<typeof startProduct>>): Promise<string> {
  const { session_id } = await product.post("/api/chat", { message: "hello", user_id: "test-123" });
  const answer = await product.post("/api/chat", { message: "我要转人工客服", user_id: "test-123", session_id });
  expect(answer).toMatchObject({ session_id, escalated: true });
  await product.post(`/api/sessions/${String(session_id)}/end`);
  return String(session_id);
}

const conversation = ["session.start", "session.message", "session.message", "session.escalate", "session.end"];

const foundCollector = await findCollector();

describeWith(
  "the Python example's packages (npm run setup)",
  await findPythonWithPackages(),
  (python) => {
    test("step 7 in Python: its events are rows and counters after a SIGTERM, whatever the sampler of traces", async () => {
      const receiver = await startTestReceiver();
      const product = await startProduct(python(), {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_SERVICE_NAME: "bot-in-python",
      });
      const sessionId = await converse(product);
      await product.stop();
      const events = await storedEvents(receiver);
      expect(events.map(({ name }) => name).toSorted()).toEqual(conversation.toSorted());
      for (const { version, service, data } of events) {
        expect([version, service, data["session_id"]]).toEqual(["7", "bot-in-python", sessionId]);
      }
      expect(events.find(({ name }) => name === "session.message")?.data).toEqual({
        session_id: sessionId,
        role: "ai",
        message_length: 15,
        response_time_ms: expect.any(Number),
      });
      const summary = await (await fetch(`${receiver.url}/api/analytics/summary`)).json();
      expect(summary).toMatchObject({ current: { total_sessions: 1, total_messages: 2, escalated_sessions: 1 } });
      const { rows } = await receiver.database.pool.query(
        "select highest_seq::int as highest, events_seen::int as seen from analytics_sources",
      );
      expect(rows).toEqual([{ highest: 5, seen: 5 }]);
    });

    test("an event with a key, recorded by two runs of a job, counts once", async () => {
      const receiver = await startTestReceiver();
      const job = `
from business_events import BusinessEvents
events = BusinessEvents("nightly-import")
for n in range(3):
    events.record("ticket.closed", {"ticket_id": n, "resolution_duration_hours": 2.5, "sla_met": True},
                  key=f"ticket-{n}", occurred_at_ns=${Date.now()} * 1_000_000)
events.close()`;
      const env = { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, PYTHONPATH: example };
      for (let run = 1; run <= 2; run++) await promisify(execFile)(python(), ["-c", job], { env });
      const events = await storedEvents(receiver);
      expect(events.map(({ name, version }) => [name, version])).toEqual([1, 2, 3].map(() => ["ticket.closed", "5"]));
      const metrics = await (await fetch(`${receiver.url}/metrics`)).text();
      expect(metrics).toMatch(/^spanledger_events_duplicate_total 3$/m);
    });

    describeWith("an OpenTelemetry Collector (npm run setup)", foundCollector, (collector) => {
      test.each([
        ["gRPC", "grpc"],
        ["HTTP", "http/protobuf"],
      ] as const)("through the Collector by %s", async (_, protocol) => {
        const receiver = await startTestReceiver();
        const { ports } = await startCollectorBefore(receiver.url, collector());
        const port = protocol === "grpc" ? ports.grpc : ports.http;
        const product = await startProduct(python(), {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        });
        await converse(product);
        await product.stop();
        await vi.waitUntil(async () => (await storedEvents(receiver)).length >= conversation.length, {
          timeout: 60_000,
        });
        const summary = await (await fetch(`${receiver.url}/api/analytics/summary`)).json();
        expect(summary).toMatchObject({ current: { total_sessions: 1, total_messages: 2, escalated_sessions: 1 } });
      });
    });
  },
  (await findPython()).reason,
);
