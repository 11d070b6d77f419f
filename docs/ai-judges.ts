import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** An instrumentation of model calls that test/judges runs. */
export interface AiJudge {
  /** Its folder in test/judges/javascript, or its name there with `-python` at its end. */
  readonly name: string;
  /** The package that writes the spans. */
  readonly package: string;
  /** The clients that call the models, each with its version. */
  readonly clients: readonly string[];
  /** What its spans leave out, and what counts instead. */
  readonly untold: string;
}

/** Instrumentations whose real spans are counted in a test, and what they do not tell. The test knows the same facts as numbers. */
export const aiJudges: readonly AiJudge[] = [
  {
    name: "ai-4",
    package: "ai",
    clients: ["@ai-sdk/openai", "@ai-sdk/anthropic"],
    untold: "cached tokens (OpenAI's count as uncached; Anthropic's are missing, `cache_unclear`); streams that break",
  },
  {
    name: "ai-5",
    package: "ai",
    clients: ["@ai-sdk/openai", "@ai-sdk/anthropic"],
    untold: "cached tokens without a stream; what is written to a cache (`cache_unclear`); streams that break",
  },
  {
    name: "ai-6",
    package: "ai",
    clients: ["@ai-sdk/openai", "@ai-sdk/anthropic"],
    untold: "streams that break",
  },
  {
    name: "ai-7",
    package: "@ai-sdk/otel",
    clients: ["ai", "@ai-sdk/openai", "@ai-sdk/anthropic"],
    untold: "embeddings that fail",
  },
  {
    name: "opentelemetry-openai",
    package: "@opentelemetry/instrumentation-openai",
    clients: ["openai"],
    untold: "cached tokens (they count as uncached); streams that break",
  },
  {
    name: "openllmetry-openai",
    package: "@traceloop/instrumentation-openai",
    clients: ["openai"],
    untold: "cached tokens (they count as uncached); what streams used; failures; embeddings",
  },
  {
    name: "openinference-openai",
    package: "@arizeai/openinference-instrumentation-openai",
    clients: ["openai"],
    untold: "what streams of chat completions and embeddings used; failures (a stream that breaks ends the process)",
  },
  {
    name: "opentelemetry-python",
    package: "opentelemetry-instrumentation-openai-v2",
    clients: ["openai"],
    untold: "cached tokens (they count as uncached); the responses API",
  },
  {
    name: "openllmetry-python",
    package: "opentelemetry-instrumentation-openai",
    clients: ["openai"],
    untold: "that a stream broke (it counts as a call without usage)",
  },
  {
    name: "openllmetry-anthropic-python",
    package: "opentelemetry-instrumentation-anthropic",
    clients: ["anthropic"],
    untold: "the exact output of streams: it adds the first count of it to the last",
  },
  {
    name: "openinference-python",
    package: "openinference-instrumentation-openai",
    clients: ["openai"],
    untold: "the model of chat completions that fail (`unknown`)",
  },
];

const folder = fileURLToPath(new URL("../test/judges/", import.meta.url));

/** The version of each package that this judge has. */
function versionsOf({ name }: AiJudge): Readonly<Record<string, string>> {
  if (!name.endsWith("-python")) {
    const manifest = readFileSync(`${folder}javascript/${name}/package.json`, "utf8");
    return (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies;
  }
  const lines = readFileSync(`${folder}python/requirements.txt`, "utf8").split("\n");
  return Object.fromEntries(lines.map((line) => line.split("==") as [string, string]));
}

/** A table of what is tested, with versions. */
export function describeAiJudges(): string {
  const rows = aiJudges.map((judge) => {
    const versions = versionsOf(judge);
    const withVersion = (name: string): string => `\`${name}\` ${versions[name]}`;
    return `| ${withVersion(judge.package)} | ${judge.clients.map(withVersion).join(", ")} | ${judge.untold} |`;
  });
  return `## Which instrumentations are tested

A test runs these against models on loopback: calls with and without streams, failures, retries, tools, caches, embeddings, and for
OpenAI the responses API. Calls and tokens equal what the models handed out, apart from what the spans do not tell:

| instrumentation | of | does not tell |
| --- | --- | --- |
${rows.join("\n")}

A retry within a client is a part of its call. The AI SDK 4 to 6 repeats calls itself: each try is a call, and the refused ones failed. A stream of
OpenAI's chat completions tells what it used if the product asks for it (\`stream_options: { include_usage: true }\`).

`;
}
