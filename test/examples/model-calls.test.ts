import { afterAll, beforeAll, expect, test } from "vitest";
import { buildChatbot } from "../../examples/ai-chatbot/src/app.ts";
import { generateHistory } from "../../examples/demo/history/generate-history.ts";
import { narrateModelCalls } from "../../examples/demo/history/narrate-model-calls.ts";
import { buildStandInModel, tokensOf } from "../../examples/demo/stand-in-model/stand-in-model.ts";
import { startBusinessEventSink, type BusinessEventSink } from "./business-event-sink.ts";

const model = buildStandInModel({ pace: 0 });
let sink: BusinessEventSink;
let chatbot: Awaited<ReturnType<typeof buildChatbot>>;
let url = "";
beforeAll(async () => {
  sink = await startBusinessEventSink();
  url = `${await model.listen({ host: "127.0.0.1", port: 0 })}/v1/`;
  const access = { url, model: "example-large-2025" };
  chatbot = await buildChatbot({ pace: 0, workbenchUrl: null, analytics: "http://127.0.0.1:9", model: access });
});
afterAll(async () => {
  await chatbot.close();
  await model.close();
  await sink.close();
});

const handedOut = async () => (await model.inject("/handed-out")).json();
const post = (path: string, payload: object) => chatbot.inject({ method: "POST", url: path, payload });

test("the chatbot has the model say its answers, whole and streamed; one who is with a human is not answered by it", async () => {
  const before = await handedOut();
  const whole = (await post("/api/chat", { message: "谢谢", user_id: "one" })).json();
  expect(whole.reply).toBe("不客气，祝您骑行愉快！");
  const streamed = await post("/api/chat/stream", { message: "hello", user_id: "one", session_id: whole.session_id });
  const pieces = [...streamed.body.matchAll(/event: token\ndata: (.*)/g)].map(([, data]) => JSON.parse(data!).text);
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.join("")).toMatch(/^Hello! I can look up orders .* batteries\.$/);
  expect(streamed.body).toContain("event: done");
  await post("/api/chat", { message: "我要转人工", user_id: "one", session_id: whole.session_id });
  expect((await handedOut()).calls - before.calls).toBe(3);
  await post("/api/chat", { message: "还在吗", user_id: "one", session_id: whole.session_id });
  await post("/api/chat/stream", { message: "还在吗", user_id: "one", session_id: whole.session_id });
  expect((await handedOut()).calls - before.calls).toBe(3);
});

test("a model that is away makes the answer fail, and no message is recorded", async () => {
  const access = { url: "http://127.0.0.1:9/v1/", model: "example-large-2025" };
  const mute = await buildChatbot({ pace: 0, workbenchUrl: null, analytics: "http://127.0.0.1:9", model: access });
  await sink.take();
  const answer = await mute.inject({ method: "POST", url: "/api/chat", payload: { message: "hello", user_id: "two" } });
  expect(answer.statusCode).toBe(500);
  expect((await sink.take()).map(({ name }) => name)).toEqual(["session.start"]);
  await mute.close();
});

test("the stand-in tells what it used as OpenAI does, and what it counted is the sum of that", async () => {
  const own = buildStandInModel({ pace: 0 });
  const instructions = "Answer in one sentence. ".repeat(40);
  const messages = [instructions, "Where is it?", "It is in transit."].map((content) => ({ role: "user", content }));
  const ask = (more: object) =>
    own.inject({ method: "POST", url: "/v1/chat/completions", payload: { model: "m", messages, ...more } });
  const input = messages.reduce((sum, { content }) => sum + tokensOf(content), 0);
  const usage = (cached_tokens: number) => ({
    prompt_tokens: input,
    completion_tokens: tokensOf("It is in transit."),
    prompt_tokens_details: { cached_tokens },
  });
  expect((await ask({})).json()).toMatchObject({
    model: "m",
    choices: [{ message: { content: "It is in transit." } }],
    usage: usage(0),
  });
  // 960 characters are 240 tokens, of which a cache keeps 128.
  const chunks = (body: string) => [...body.matchAll(/^data: ({.*})$/gm)].map(([, data]) => JSON.parse(data!));
  const told = chunks((await ask({ stream: true, stream_options: { include_usage: true } })).body);
  expect(told.at(-1)).toMatchObject({ choices: [], usage: usage(128) });
  const untold = chunks((await ask({ stream: true })).body);
  expect(untold.filter((chunk) => "usage" in chunk)).toEqual([]);
  expect((await own.inject("/handed-out")).json()).toEqual({
    calls: 3,
    input_tokens: 3 * input,
    cached_input_tokens: 2 * 128,
    output_tokens: 3 * tokensOf("It is in transit."),
  });
  await own.close();
});

test("each answer of the history has its call, some a failed one before it, and a longer history says the same", () => {
  const firstDay = Date.UTC(2025, 10, 1) / 86_400_000;
  const historyTo = (lastDay: number) => generateHistory({ seed: "calls", firstDay, lastDay, untilMs: Infinity });
  const history = historyTo(firstDay + 6);
  const calls = narrateModelCalls(history);
  const answered = calls.filter(({ attributes }) => attributes["error"] !== true);
  const answers = history.filter(({ name }) => name === "session.message");
  expect(answered.map(({ occurredAtMs, attributes }) => [occurredAtMs, attributes["session_id"]])).toEqual(
    answers.map(({ occurredAtMs, attributes }) => [occurredAtMs, attributes["session_id"]]),
  );
  expect(calls.length).toBeGreaterThan(answers.length);
  expect(new Set(calls.map(({ eventId }) => eventId)).size).toBe(calls.length);
  for (const { attributes } of answered) {
    expect(attributes["input_tokens"]).toBeGreaterThan(Number(attributes["cached_input_tokens"]));
  }
  expect(narrateModelCalls(historyTo(firstDay + 9))).toEqual(expect.arrayContaining(calls));
});
