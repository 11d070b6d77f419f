import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { openScenario } from "./open-scenario.ts";

const endMs = Date.parse("2025-10-13T10:00:00+08:00");

interface Call {
  readonly span: number;
  readonly input: number;
  readonly session?: string;
  readonly operation?: string;
  readonly minutes?: number;
}

/** A request with spans of one scope, as an instrumentation of a model's client writes them. */
function spansOf(scope: string, calls: readonly Call[]): string {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const int = (key: string, value: number) => ({ key, value: { intValue: String(value) } });
  const spans = calls.map(({ span, input, session, operation = "chat", minutes = 0 }) => ({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: span.toString(16).padStart(16, "0"),
    name: `${operation} gpt-5-mini`,
    startTimeUnixNano: `${endMs + minutes * 60_000 - 800}000000`,
    endTimeUnixNano: `${endMs + minutes * 60_000}000000`,
    attributes: [
      text("gen_ai.operation.name", operation),
      text("gen_ai.provider.name", "openai"),
      text("gen_ai.response.model", "gpt-5-mini"),
      int("gen_ai.usage.input_tokens", input),
      int("gen_ai.usage.cache_read.input_tokens", 10),
      int("gen_ai.usage.output_tokens", 5),
      ...(session === undefined ? [] : [text("gen_ai.conversation.id", session)]),
    ],
  }));
  const resource = { attributes: [text("service.name", "chatbot")] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: scope }, spans }] }] });
}

async function openWith(config: string) {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const file = join(folder, "spanledger.config.ts");
  writeFileSync(file, `export default ${config};`);
  const scenario = await openScenario({ SPANLEDGER_CONFIG: file });
  const { url, database } = scenario.receiver;
  return {
    ...scenario,
    async send(body: string): Promise<void> {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body });
      expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
    },
    async used() {
      // A recount of all events says the same.
      const { of } = await scenario.october();
      const { rows } = await database.pool.query(
        `select model, calls::int, calls_without_session::int as unattributed, uncached_tokens::int as uncached,
           cache_read_tokens::int as cached, output_tokens::int as output
         from analytics_ai_tokens where calls <> 0 order by model`,
      );
      return { rows, of };
    },
    ledger: async () => (await database.pool.query("select code from analytics_data_quality where events <> 0")).rows,
  };
}

const mini = { model: "gpt-5-mini", unattributed: 0 };

test("spans of model calls count once each, in any order, and sums of their parents never", async () => {
  const { send, used, ledger } = await openWith("{ aiCalls: { services: ['chatbot'] } }");
  const calls = [
    { span: 1, input: 100, session: "s-1" },
    { span: 2, input: 200, session: "s-1" },
    { span: 3, input: 300 },
    { span: 4, input: 600, operation: "invoke_agent" },
  ];
  await send(spansOf("openai", calls.slice(1).toReversed()));
  await send(spansOf("openai", calls));
  await send(spansOf("openai", calls));
  const { rows } = await used();
  expect(rows).toEqual([{ ...mini, calls: 3, unattributed: 1, uncached: 570, cached: 30, output: 15 }]);
  // Their ids are ours to make: nothing is doubtful about them.
  expect(await ledger()).toEqual([]);
});

test("without a word in the config nothing of spans counts; recorded calls always do", async () => {
  const { send, tell, used } = await openWith("{}");
  await send(spansOf("openai", [{ span: 1, input: 100 }]));
  await tell([
    "10:00:00",
    "ai.call",
    { model: "qwen-max", session_id: "s-1", input_tokens: 50, cached_input_tokens: 20, output_tokens: 9 },
  ]);
  const { rows } = await used();
  expect(rows).toEqual([{ ...mini, model: "qwen-max", calls: 1, uncached: 30, cached: 20, output: 9 }]);
});

test("of two instrumentations of one client, the one that is named in ignoreScopes does not count", async () => {
  const { send, used } = await openWith("{ aiCalls: { services: ['chatbot'], ignoreScopes: ['@traceloop/openai'] } }");
  await send(spansOf("@traceloop/openai", [{ span: 1, input: 100, session: "s-1" }]));
  await send(spansOf("@opentelemetry/openai", [{ span: 2, input: 100, session: "s-1" }]));
  expect((await used()).rows).toEqual([{ ...mini, calls: 1, uncached: 90, cached: 10, output: 5 }]);
});

test("operations that no list knows are named, not counted, and their names are bounded", async () => {
  const { send, used, receiver } = await openWith("{ aiCalls: { services: ['chatbot'] } }");
  const dreams = Array.from({ length: 60 }, (_, i) => ({ span: 10 + i, input: 1, operation: `dream_${i}` }));
  for (let from = 0; from < dreams.length; from += 10) await send(spansOf("openai", dreams.slice(from, from + 10)));
  await send(
    spansOf("openai", [
      { span: 1, input: 100 },
      { ...dreams[3]!, span: 9 },
    ]),
  );
  expect((await used()).rows).toMatchObject([{ calls: 1 }]);
  const metrics = await (await fetch(`${receiver.url}/metrics`)).text();
  const series = [...metrics.matchAll(/^spanledger_unknown_ai_operations_total\{operation="(.*)"\} (\d+)$/gm)];
  const counts = Object.fromEntries(series.map(([, operation, count]) => [operation, Number(count)]));
  expect(counts).toMatchObject({ dream_3: 2, dream_4: 1, "": 10 });
  expect(Object.keys(counts)).toHaveLength(51);
});

test("calls of a test conversation count nowhere, before and after its mark; a call is not an activity", async () => {
  const { send, tell, used, receiver } = await openWith("{ aiCalls: { services: ['chatbot'] } }");
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:00:05", "session.message", { session_id: "s-1", role: "ai" }],
    ["09:00:00", "session.start", { session_id: "tried" }],
  );
  const calls = [
    { span: 1, input: 100, session: "s-1" },
    { span: 2, input: 100, session: "tried" },
  ];
  await send(spansOf("openai", calls));
  expect((await used()).rows).toMatchObject([{ calls: 2 }]);
  await tell(["09:30:00", "session.message", { session_id: "tried", test: true }]);
  await send(
    spansOf("openai", [
      { span: 3, input: 100, session: "tried" },
      // Ten days later somebody sums the conversation up.
      { span: 4, input: 1000, session: "s-1", minutes: 14_400 },
    ]),
  );
  const { rows, of } = await used();
  expect(rows.reduce((sum, row) => sum + row.calls, 0)).toBe(2);
  expect(rows.reduce((sum, row) => sum + row.uncached, 0)).toBe(1080);
  expect(of).toMatchObject({ total_sessions: 1, ai_resolved_sessions: 1, outcome_open: 0 });
  const { rows: active } = await receiver.database.pool.query(
    "select last_activity_at from analytics_sessions where session_id = 's-1'",
  );
  expect(active).toEqual([{ last_activity_at: new Date("2025-10-13T09:00:05+08:00") }]);
});
