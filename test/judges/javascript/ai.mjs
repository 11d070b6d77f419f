// Calls models through the AI SDK of one version, which writes spans by itself; 7 does so through a package.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";
import { z } from "zod";
import { startTracing } from "./start-tracing.mjs";

// It does not know these models, and would say so each time.
globalThis.AI_SDK_LOG_WARNINGS = false;
const { JUDGE, MODELS_URL } = process.env;
const tracing = startTracing();
if (ai.registerTelemetry !== undefined) {
  const { OpenTelemetry } = await import("@ai-sdk/otel");
  ai.registerTelemetry(new OpenTelemetry());
}

const settings = { apiKey: "none", baseURL: MODELS_URL };
// Asks for usage at the end of a stream, which 4 does for OpenAI's own service alone.
const openai = createOpenAI({ ...settings, compatibility: "strict" });
const anthropic = createAnthropic(settings);
const named = (scenario) => `${JUDGE}-${scenario}`;
const telemetry = { isEnabled: true };
const asked = (model, over = {}) => ({
  model,
  prompt: "How is the weather in Hangzhou?",
  experimental_telemetry: telemetry,
  ...over,
});
const chat = (scenario) => openai.chat(named(scenario));
const claude = (scenario) => anthropic(named(`claude-${scenario}`));
const generate = (model, over) => ai.generateText(asked(model, over));
const stream = async (model, over) => {
  const result = await ai.streamText(asked(model, { onError: () => {}, ...over }));
  await result.consumeStream();
};
const failing = async (call) => {
  const isFailed = await call.then(
    () => false,
    () => true,
  );
  if (!isFailed) throw new Error("this call should have failed");
};
const parameters = z.object({ city: z.string() });
const weather = { description: "weather", parameters, inputSchema: parameters, execute: async () => "Sunny." };
// Two steps: the call of the tool, and the answer; 4 says so in another way.
const withTool = { tools: { weather }, maxSteps: 2, ...(ai.stepCountIs && { stopWhen: ai.stepCountIs(2) }) };

await generate(chat("chat"));
await generate(chat("cached"));
await stream(chat("stream"));
await generate(chat("busy"));
await failing(generate(chat("broken")));
await stream(chat("cut")).catch(() => {});
await generate(chat("tools"), withTool);
await generate(openai.responses(named("responses-cached")));
await stream(openai.responses(named("responses-stream")));
await generate(openai.responses(named("responses-tools")), withTool);
await generate(claude("chat"));
await generate(claude("cached"));
await stream(claude("cached-stream"));
await generate(claude("tools"), withTool);
await failing(generate(claude("broken")));

const embedding = (scenario) => (openai.embeddingModel ?? openai.textEmbeddingModel)(named(scenario));
await ai.embed({ model: embedding("embed"), value: "one", experimental_telemetry: telemetry });
const values = ["one", "two", "three"];
const broken = { model: embedding("embed-broken"), value: "one", experimental_telemetry: telemetry };
await failing(ai.embed(broken));
await ai.embedMany({ model: embedding("embed-many"), values, experimental_telemetry: telemetry });

await tracing.end();
