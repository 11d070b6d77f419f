/**
 * Instrumentations as judges: real ones watch real clients that call models on loopback, send their spans to a receiver, and
 * what is counted equals what the models handed out. A judge calls models named after itself and the case: `ai-6-cached`.
 * What an instrumentation does not tell stands in `facts`, and for people in docs/ai-judges.ts.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { findCollector } from "../../deploy/collector/find-collector.ts";
import { findPython } from "../../deploy/setup/find-language.ts";
import { findJavascriptJudge, javascriptJudges } from "../../deploy/setup/obtain-judges.ts";
import { findPythonWithPackages } from "../../deploy/setup/obtain-python-packages.ts";
import { aiJudges } from "../../docs/ai-judges.ts";
import { makeFolder, removeFolder } from "../sdk/fresh-folder.ts";
import { describeWith } from "../support/describe-with.ts";
import { startCollectorBefore } from "../support/start-collector-before.ts";
import { startTestReceiver, type TestReceiver } from "../support/start-test-receiver.ts";
import { FakeModels, versionSuffix, type HandedOut } from "./fake-models.ts";

const run = promisify(execFile);

/** What an instrumentation does, and leaves out, by case. */
interface Facts {
  /** Cases whose spans tell what was read from a cache. */
  readonly tellsRead: RegExp;
  readonly tellsWritten: boolean;
  /** Whether each try is a call, or all tries of one. */
  readonly countsTries: boolean;
  readonly cutStream: "failed" | "absent" | "withoutUsage";
  /** Cases that it gives no span for. */
  readonly absent?: RegExp;
  /** Cases whose usage it knows nothing of, though the model told it. */
  readonly usageUntold?: RegExp;
  /** Cases that count under the name that was asked for, and those without a name. */
  readonly asked?: RegExp;
  readonly nameless?: RegExp;
  /** Cases that add the first count of Anthropic's output, which is 1, to the last. */
  readonly addsFirstOutput?: RegExp;
}

const never = /^$/;
const always = /^/;
const ofAiSdk = { countsTries: true, cutStream: "absent", asked: /^embed/ } as const;
const withoutCache = { tellsRead: never, tellsWritten: false };
const withCache = { tellsRead: always, tellsWritten: true };
const facts: Readonly<Record<string, Facts>> = {
  "ai-4": { ...ofAiSdk, ...withoutCache },
  "ai-5": { ...ofAiSdk, tellsRead: /stream/, tellsWritten: false },
  "ai-6": { ...ofAiSdk, ...withCache },
  "ai-7": {
    ...withCache,
    countsTries: false,
    cutStream: "failed",
    absent: /^embed-broken/,
    asked: /^(?:embed|cut)/,
  },
  "opentelemetry-openai": { ...withoutCache, countsTries: false, cutStream: "absent" },
  "openllmetry-openai": {
    ...withoutCache,
    countsTries: false,
    cutStream: "absent",
    absent: /broken|^embedding/,
    usageUntold: /stream/,
    asked: /^responses-stream/,
  },
  "openinference-openai": {
    ...withCache,
    countsTries: false,
    cutStream: "absent",
    absent: /broken/,
    usageUntold: /^(?:stream|embedding)$/,
    asked: /^(?:stream|silent|embedding)$/,
  },
  "opentelemetry-python": { ...withoutCache, countsTries: false, cutStream: "failed", absent: /^responses/ },
  "openllmetry-python": { ...withCache, countsTries: false, cutStream: "withoutUsage" },
  "openllmetry-anthropic-python": {
    ...withCache,
    countsTries: false,
    cutStream: "absent",
    addsFirstOutput: /stream/,
  },
  "openinference-python": { ...withCache, countsTries: false, cutStream: "failed", nameless: /^broken/ },
};

interface Counted {
  readonly model: string;
  readonly calls: number;
  readonly failed: number;
  readonly withoutUsage: number;
  readonly unclear: number;
  readonly uncached: number;
  readonly read: number;
  readonly written: number;
  readonly output: number;
}

/** What has to be counted of what a model handed out, as far as the spans tell it. */
function expectedOf(judge: string, of: Facts, model: string, handed: HandedOut): Counted | null {
  const scenario = model.slice(judge.length + 1).replace(versionSuffix, "");
  const cut = scenario === "cut" ? of.cutStream : null;
  if (of.absent?.test(scenario) === true || cut === "absent") return null;
  const cutAnswers = cut === "failed" ? handed.answers : 0;
  const failed = handed.failures + (of.countsTries ? handed.refusals : 0) + cutAnswers;
  const answers = handed.answers - cutAnswers;
  if (answers + failed === 0) return null;
  const isTold = of.usageUntold?.test(scenario) !== true;
  const isAnthropic = scenario.startsWith("claude");
  const read = of.tellsRead.test(scenario) ? handed.cacheRead : 0;
  const written = of.tellsWritten ? handed.cacheWrite : 0;
  // What is not told as cached is a part of OpenAI's input, and none of Anthropic's: that may be too little, and says so.
  const hidden = isAnthropic ? 0 : handed.cacheRead - read;
  const isUnclear = isAnthropic && !of.tellsWritten;
  const first = of.addsFirstOutput?.test(scenario) === true ? handed.answers : 0;
  const tokens = isTold
    ? { uncached: handed.uncached + hidden - (isUnclear ? read : 0), read, written, output: handed.output + first }
    : { uncached: 0, read: 0, written: 0, output: 0 };
  const isAsked = of.asked?.test(scenario) === true;
  return {
    model: of.nameless?.test(scenario) === true ? "unknown" : isAsked ? model.replace(versionSuffix, "") : model,
    calls: answers + failed,
    failed,
    withoutUsage: cut === "failed" ? 0 : isTold ? handed.withoutUsage : answers,
    unclear: isUnclear ? answers : 0,
    ...tokens,
  };
}

/** The same as the receiver counts it. */
async function countedBy({ database }: TestReceiver): Promise<Counted[]> {
  const { rows } = await database.pool.query<Counted>(
    `select model, sum(calls)::int as calls, sum(failed_calls)::int as failed,
       sum(calls_without_usage)::int as "withoutUsage", sum(unclear_calls)::int as unclear,
       sum(uncached_tokens)::int as uncached, sum(cache_read_tokens)::int as read,
       sum(cache_write_tokens)::int as written, sum(output_tokens)::int as output
     from analytics_ai_tokens group by model order by model collate "C"`,
  );
  return rows;
}

interface Judge {
  /** Its `service.name`, and the beginning of the models that it calls. */
  readonly judge: string;
  readonly facts: Facts;
  /** Runs the program to its end: all its spans are sent then. */
  readonly run: (env: Record<string, string>) => Promise<unknown>;
}

/** Runs judges one after the other, against models of their own and one receiver, and compares. */
async function compare(judges: readonly Judge[], collector?: string): Promise<void> {
  const models = await FakeModels.start();
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const config = join(folder, "spanledger.config.ts");
  const aiCalls = { services: judges.map(({ judge }) => judge) };
  writeFileSync(config, `export default ${JSON.stringify({ aiCalls })};\n`);
  const receiver = await startTestReceiver({ SPANLEDGER_CONFIG: config });
  const endpoint = collector === undefined ? receiver.url : (await startCollectorBefore(receiver.url, collector)).url;
  const { PATH = "", HOME = "" } = process.env;
  for (const { judge, run: runJudge } of judges)
    await runJudge({ PATH, HOME, ENDPOINT: endpoint, MODELS_URL: models.url, JUDGE: judge });
  const expected = judges.flatMap(({ judge, facts: of }) =>
    [...models.handedOut].flatMap(([model, handed]) => {
      const counted = model.startsWith(`${judge}-`) ? expectedOf(judge, of, model, handed) : null;
      return counted === null ? [] : [counted];
    }),
  );
  // Compared by their bytes, as PostgreSQL does here.
  expected.sort((a, b) => (a.model < b.model ? -1 : 1));
  await expect.poll(() => countedBy(receiver)).toEqual(expected);
  expect(expected.length).toBeGreaterThan(5 * judges.length);
}

/** A judge in a folder beside its installed packages. */
function javascriptJudge(installed: string, name: string): Judge {
  const runJudge = async (env: Record<string, string>): Promise<void> => {
    const folder = mkdtempSync(join(installed, "run-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const sources = join(import.meta.dirname, "javascript");
    cpSync(sources, folder, { recursive: true, filter: (file) => file === sources || file.endsWith(".mjs") });
    const instrumentation = aiJudges.find((judge) => judge.name === name)!.package;
    const program = name.startsWith("ai-") ? "ai.mjs" : "openai.mjs";
    await run(process.execPath, [join(folder, program)], { env: { ...env, INSTRUMENTATION: instrumentation } });
  };
  return { judge: name, facts: facts[name]!, run: runJudge };
}

/** The module of each instrumentation in Python. */
const modules = {
  "openinference-python": "openinference.instrumentation.openai",
  "openllmetry-anthropic-python": "opentelemetry.instrumentation.anthropic",
  "openllmetry-python": "opentelemetry.instrumentation.openai",
  "opentelemetry-python": "opentelemetry.instrumentation.openai_v2",
} as const;

function pythonJudge(python: string, name: keyof typeof modules, judge: string = name, over: object = {}): Judge {
  const file = name.includes("anthropic") ? "anthropic_judge.py" : "openai_judge.py";
  const program = join(import.meta.dirname, "python", file);
  const environment = { INSTRUMENTATION: modules[name], PYTHONDONTWRITEBYTECODE: "1", ...over };
  return { judge, facts: facts[name]!, run: (env) => run(python, [program], { env: { ...env, ...environment } }) };
}

test("each judge has its facts, and stands in the documents", () => {
  const names = [...javascriptJudges, ...Object.keys(modules)];
  expect(aiJudges.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  expect(Object.keys(facts).toSorted()).toEqual(names.toSorted());
});

const installed = await Promise.all(javascriptJudges.map(findJavascriptJudge));
const areThere = installed.every((folder) => folder !== undefined);
const collector = await findCollector();

describeWith("the judges of model calls (npm run setup)", areThere ? installed : undefined, (folders) => {
  const judges = () => javascriptJudges.map((name, n) => javascriptJudge(folders()[n]!, name));

  test("what JavaScript's instrumentations tell is counted as the models handed it out", () => compare(judges()));

  test.skipIf(collector === undefined)("what the AI SDK tells is the same through the Collector", () =>
    compare(
      judges().filter(({ judge }) => /^ai-[67]$/.test(judge)),
      collector,
    ),
  );
});

describeWith(
  "the judges of model calls in Python (npm run setup)",
  await findPythonWithPackages("judges"),
  (python) => {
    test("what Python's instrumentations tell is counted as the models handed it out", () => {
      const newest = { OTEL_SEMCONV_STABILITY_OPT_IN: "gen_ai_latest_experimental" };
      const names = Object.keys(modules) as (keyof typeof modules)[];
      const ofNewest = pythonJudge(python(), "opentelemetry-python", "newest", newest);
      return compare([...names.map((name) => pythonJudge(python(), name)), ofNewest]);
    });
  },
  (await findPython()).reason,
);
