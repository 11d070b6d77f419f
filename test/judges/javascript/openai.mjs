// Calls models through the package `openai`, watched by the instrumentation that INSTRUMENTATION names.
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { startTracing } from "./start-tracing.mjs";

const { INSTRUMENTATION, JUDGE, MODELS_URL } = process.env;
const tracing = startTracing();
const { OpenAIInstrumentation } = await import(INSTRUMENTATION);
const instrumentations = [new OpenAIInstrumentation()];
registerInstrumentations({ tracerProvider: tracing.provider, instrumentations });
const { createRequire } = await import("node:module");
// Instrumentations watch `require`; for `import` Node needs a loader of theirs.
const { OpenAI } = createRequire(import.meta.url)("openai");

const client = new OpenAI({ apiKey: "none", baseURL: MODELS_URL });
const messages = [{ role: "user", content: "How is the weather in Hangzhou?" }];
const named = (scenario) => `${JUDGE}-${scenario}`;
const asked = (scenario, over = {}) => client.chat.completions.create({ model: named(scenario), messages, ...over });
const readAll = async (stream) => {
  for await (const _ of await stream);
};
const failing = async (call) => {
  const isFailed = await call.then(
    () => false,
    () => true,
  );
  if (!isFailed) throw new Error("this call should have failed");
};

await asked("chat");
await asked("chat");
await asked("cached");
await readAll(asked("stream", { stream: true, stream_options: { include_usage: true } }));
await readAll(asked("silent", { stream: true }));
await asked("busy");
await failing(asked("broken"));
// A stream that breaks ends the process with OpenInference, which reads a second copy of it.
if (!INSTRUMENTATION.includes("openinference")) await failing(readAll(asked("cut", { stream: true })));

const tool = { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } };
const tools = [{ type: "function", function: tool }];
const { choices } = await asked("tools", { tools });
const [call] = choices[0].message.tool_calls;
const told = [...messages, choices[0].message, { role: "tool", tool_call_id: call.id, content: "Sunny." }];
await asked("tools", { tools, messages: told });

const respond = (scenario, over = {}) => client.responses.create({ model: named(scenario), input: "Hello", ...over });
await respond("responses");
await respond("responses-cached");
await readAll(respond("responses-stream", { stream: true }));
await failing(respond("responses-broken"));
await client.embeddings.create({ model: named("embedding"), input: ["one", "two"], encoding_format: "float" });

await tracing.end();
