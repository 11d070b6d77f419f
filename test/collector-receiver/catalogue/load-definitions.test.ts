import { writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { checkDefinitions } from "../../../collector-receiver/src/catalogue/check-definitions.ts";
import { reservedMetricKeys } from "../../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import { DefinitionsError } from "../../../collector-receiver/src/catalogue/definitions-error.ts";
import { findDefinitionsFile, loadDefinitions } from "../../../collector-receiver/src/catalogue/load-definitions.ts";
import { locateKeys } from "../../../collector-receiver/src/catalogue/locate-keys.ts";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

function writeConfig(source: string, name = "spanledger.config.ts"): { folder: string; file: string } {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const file = join(folder, name);
  writeFileSync(file, source);
  return { folder, file };
}

/** Line and path of each problem, in the order of the file. */
async function problemsOf(source: string): Promise<string[]> {
  const { file } = writeConfig(source);
  const error = await loadDefinitions(file, reservedMetricKeys).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(error instanceof DefinitionsError)) throw new Error(`no problem was found: ${String(error)}`);
  for (const { line } of error.problems)
    expect(error.message).toContain(line === undefined ? "spanledger.config.ts " : `spanledger.config.ts:${line} `);
  return error.problems
    .map(({ line, path }) => `${line === undefined ? "--" : String(line).padStart(2, "0")} ${path.join(" ")}`)
    .toSorted();
}

/** A file in which comments, templates, quotes and brackets look like keys; what is wrong stands on marked lines. */
const tricky = `/* export default { events: { "a.b": 1 } } */
const text = "export default {";
const shared = { en: "Amount", zh: "金额" };
// export default {
export default ((config: unknown) => config)({
  events: {
    "order.paid": {
      en: \`paid \${"{ not: 'a key' }"} :\`,
      zh: 'it\\'s {',
      attributes: {
        // amount: {
        amount: { type: "number", ...shared }, // line 12
        kind: {
          type: "string",
          values: ["a", "other"], // line 15
          en: "Kind", zh: "类",
        },
        "left open": { type: "int", ...shared }, // line 18
      },
    },
    "session.start": { ...shared }, // line 21
  },
  metrics: {
    Paid: { kind: "count", event: "order.paid", ...shared }, // line 24
    lost: {
      kind: "count",
      event: "order.lost", // line 27
      ...shared,
    },
    by_text: { kind: "count", event: "session.escalate", groupBy: "reason", ...shared }, // line 30
    total: { kind: "sum", event: "order.paid", attribute: "kind", wher: {}, ...shared }, // line 31
    rate: { kind: "ratio", numerator: "lost", denominator: "nothing", ...shared }, // line 32
    slow: { kind: "duration", event: "session.message", attribute: "message_length", ...shared }, // line 33
    total_sessions: { kind: "count", event: "session.start", ...shared }, // line 34
    mine: { kind: "count", event: "session.start", where: { session_id: "s-1", channel: 7 }, ...shared }, // line 35
  },
  text, // line 37
});
`;

test("every problem of a file is named at once, with its line", async () => {
  expect(await problemsOf(tricky)).toEqual([
    "12 events order.paid attributes amount type",
    "15 events order.paid attributes kind values",
    "18 events order.paid attributes left open",
    "21 events session.start",
    "24 metrics Paid",
    "27 metrics lost event",
    "30 metrics by_text groupBy",
    "31 metrics total attribute",
    "31 metrics total wher",
    "32 metrics rate denominator",
    "33 metrics slow attribute",
    "34 metrics total_sessions",
    "35 metrics mine where channel",
    "35 metrics mine where session_id",
    "37 text",
  ]);
});

test("a file that cannot be run is named with the line on which it fails", async () => {
  expect(await problemsOf("const a = 1;\n\nthrow new Error(`no ${a}`);\n")).toEqual(["03 "]);
  expect(await problemsOf("export const config = {};\n")).toEqual(["-- "]);
});

test("lines are found through constants, spreads and calls; what is computed has the line around it", async () => {
  const source = `import type { X } from "nowhere";
const wrong = { type: "number" }; // line 2
const texts = { en: 5, zh: "甲" } as const; // line 3
export const events = {
  "order.paid": { ...texts, attributes: { amount: wrong, ["kind"]: { type: "int", en: "a" } } }, // line 5
  ...Object.fromEntries([["order.lost", { en: "" }]]),
} satisfies Record<string, unknown>;
const config = Object.freeze({ events, metrics: ({ A: 1 } as Record<string, unknown>) }); // line 8
export { config as default };
`;
  expect(await problemsOf(source)).toEqual([
    "02 events order.paid attributes amount type",
    "03 events order.paid en",
    "05 events order.paid attributes amount",
    "05 events order.paid attributes amount",
    "05 events order.paid attributes kind",
    "08 events order.lost",
    "08 events order.lost en",
    "08 metrics A",
    "08 metrics A",
  ]);
});

test("a JavaScript file has lines too; one that exports what nobody can follow has none", async () => {
  expect(await problemsOf("#!/usr/bin/env node\nexport default {\n  metrics: { a: 1 },\n};\n")).toEqual([
    "03 metrics a",
  ]);
  expect(await problemsOf("const make = () => ({ metrics: { a: 1 } });\nexport default await make();\n")).toEqual([
    "02 metrics a",
  ]);
  expect((await locateKeys("enum E { A }\nexport default {")).lineOf(["a"])).toBeUndefined();
});

test("a problem in a TypeScript file is the only thing that is printed", async () => {
  const { file } = writeConfig("export default { metrics: { a: 1 } } as object;");
  const program = `import { loadDefinitions } from "./collector-receiver/src/catalogue/load-definitions.ts";
    await loadDefinitions(process.argv[1], new Set()).catch((error) => console.log(error.problems[0].line));`;
  const flags = ["--conditions=spanledger-source", "--input-type=module", "--eval", program, file];
  // In a process of its own: Node warns of an experimental function once.
  expect(await promisify(execFile)(process.execPath, flags)).toEqual({ stdout: "1\n", stderr: "" });
});

test("each value that does not fit is named with what to write instead, once", () => {
  const texts = { en: "a", zh: "甲" };
  const attributes = {
    size: { type: "int", maxLength: 0, minimum: Number.NaN, unit: "$", required: false, ...texts },
    name: { type: "string", values: ["a", "a", " b", ""], minimum: 1, example: 5, ...texts },
    flag: { type: "boolean", values: ["x"], maxLength: 2, ...texts },
    low: { type: "double", minimum: 5, maximum: 4, ...texts, en: " " },
  };
  const event = "order.paid";
  const metrics = {
    a: { kind: "sum", event, attribute: "size", decimals: 7, unit: "yards", one: 1, two: 2, ...texts },
    b: { kind: "count", event: 5, where: [], groupBy: { attribute: 1, by: 2 }, meaning: { en: "" }, ...texts },
    c: { kind: "median", ...texts },
    d: { kind: "count", event, where: 5, groupBy: { attribute: "name", values: ["other"] }, ...texts },
    e: { kind: "ratio", numerator: "", denominator: 10n, ...texts, zh: "x".repeat(301) },
    f: null,
  };
  const { problems } = checkDefinitions({ events: { [event]: { ...texts, attributes } }, metrics }, reservedMetricKeys);
  const said = problems.map(
    ({ path, problem, remedy }) => `${path.join("/").replace("events/order.paid/", "")} ${problem}: ${remedy}`,
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "attributes/size/required is false: Write true, or leave it out",
      "attributes/size/unit is "$": Write a unit such as ms, h or {guest}",
      "attributes/size/minimum is NaN: Write a finite number",
      "attributes/size/maxLength is 0: Write a whole number above 0",
      "attributes/name/values is ["a","a"," b",""]: List 1 to 50 different texts of at most 40 characters",
      "attributes/name/minimum is set, and the type is string: Leave it out: bounds are for numbers",
      "attributes/name/example is 5: Write a value of type string",
      "attributes/flag/maxLength is set, and the type is boolean: Leave it out: lengths are for texts",
      "attributes/flag/values is set, and the type is boolean: Leave it out: values are listed for texts",
      "attributes/low/en is " ": Write a text of at most 300 characters",
      "attributes/low/minimum is 5, above the maximum of 4: Swap them",
      "metrics/a/one is not known here: Known are kind, en, zh, meaning, event, where, groupBy, attribute, unit, decimals",
      "metrics/a/two is not known here: Known are kind, en, zh, meaning, event, where, groupBy, attribute, unit, decimals",
      "metrics/a/unit is "yards": Write one of count, currency, ms, s, min, h",
      "metrics/a/decimals is 7: Write a whole number from 0 to 6",
      "metrics/b/meaning has no zh: Write a text of at most 300 characters",
      "metrics/b/meaning/en is "": Write a text of at most 300 characters",
      "metrics/b/event is 5: Name an event of yours or of the catalogue",
      "metrics/b/where is []: Write { attribute: value }",
      "metrics/c/kind is "median": Write one of count, sum, sessions, duration, ratio",
      "metrics/d/where is 5: Write { attribute: value }",
      "metrics/d/groupBy/values contains "other": Leave it out: it is what every value that is not listed counts as",
      "metrics/e/zh is "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…: Write a text of at most 300 characters",
      "metrics/e/numerator is "": Write a text of at most 300 characters",
      "metrics/e/denominator is 10n: Write a text of at most 300 characters",
      "metrics/f is null, which is not an object: Write { … }",
    ]
  `);
});

test("many unknown keys do not hide another problem", () => {
  const unknown = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
  const { problems } = checkDefinitions({ metrics: { a: { kind: "ratio", ...unknown } } }, reservedMetricKeys);
  expect(problems.map(({ path }) => path.at(-1)).filter((key) => key?.startsWith("k"))).toHaveLength(100);
  expect(problems.map(({ problem }) => problem)).toEqual(expect.arrayContaining(["has no en", "has no numerator"]));
});

test("definitions that are stored keep their hash", () => {
  const texts = { zh: "甲", en: "a" };
  const events = {
    "order.paid": {
      zh: "已付",
      attributes: { way: { ...texts, example: "x", values: ["x"], required: true, type: "string" } },
      en: "Paid",
    },
  };
  const metrics = {
    paid: { groupBy: "way", event: "order.paid", meaning: texts, ...texts, kind: "count", where: { way: "x" } },
  };
  const { definitions } = checkDefinitions({ metrics, events }, reservedMetricKeys);
  expect(JSON.stringify(definitions)).toBe(
    '{"events":{"order.paid":{"en":"Paid","zh":"已付","attributes":{"way":{"type":"string","en":"a","zh":"甲","required":true,"values":["x"],"example":"x"}}}},' +
      '"metrics":{"paid":{"kind":"count","en":"a","zh":"甲","meaning":{"en":"a","zh":"甲"},"event":"order.paid","where":{"way":["x"]},"groupBy":{"attribute":"way","values":["x"]}}}}',
  );
});

test("every mistake in words of one's own is named with its line, and their order does not change what they are", async () => {
  const source = `export default {
  words: {
    role: {
      ai: ["copilot", "user"], // line 4: "user" means user for good
      boss: ["chef"], // line 5
      agent: ["Co-Pilot"], // line 6: means ai above
      system: [], // line 7
      user: "guest", // line 8
    },
    colour: { red: ["rot"] }, // line 10
    ticket_status: { closed: ["erledigt", " - "] }, // line 11
    channel: { kiosk: ["Terminal 7"], Fax: ["fax"] }, // line 12
  },
};`;
  expect(await problemsOf(source)).toEqual([
    "04 words role ai",
    "05 words role boss",
    "06 words role agent",
    "07 words role system",
    "08 words role user",
    "10 words colour",
    "11 words ticket_status closed",
    "12 words channel Fax",
  ]);
  const of = (words: unknown) => JSON.stringify(checkDefinitions({ words }, reservedMetricKeys).definitions);
  expect(of({ role: { ai: ["b", "a", "a"] }, channel: { kiosk: ["k"] } })).toBe(
    '{"events":{},"metrics":{},"words":{"channel":{"kiosk":["k"]},"role":{"ai":["a","b"]}}}',
  );
  // Definitions without words are what they were, and so is their hash.
  expect(of({})).toBe('{"events":{},"metrics":{}}');
});

test("the named file, else spanledger.config.ts of the folder, else none", () => {
  const { folder, file } = writeConfig("export default {};");
  expect(findDefinitionsFile(undefined, folder)).toBe(file);
  expect(findDefinitionsFile("spanledger.config.ts", folder)).toBe(file);
  expect(findDefinitionsFile(undefined, join(folder, "elsewhere"))).toBeNull();
  expect(() => findDefinitionsFile("missing.ts", folder)).toThrow(/missing\.ts .*SPANLEDGER_CONFIG/);
});

test("a receiver with a wrong file does not start, and names every mistake; without a file, the stored definitions hold", async () => {
  const { file } = writeConfig("export default { metrics: { A: 1 }, more: {} };", "wrong.ts");
  await expect(startTestReceiver({ SPANLEDGER_CONFIG: file })).rejects.toThrow(/2 problems|3 problems/);
  const texts = `en: "a", zh: "甲"`;
  const good = writeConfig(
    `export default { metrics: { logins: { kind: "count", event: "agent.login", ${texts} } } };`,
  );
  const first = await startTestReceiver({ SPANLEDGER_CONFIG: good.file });
  await first.close();
  const second = await startTestReceiver({}, first.database);
  expect(second.log.some(({ msg }) => String(msg).startsWith("no spanledger.config.ts here"))).toBe(true);
  const answer = await fetch(`${second.url}/api/analytics/custom`);
  expect(await answer.json()).toMatchObject({ status: "empty", metrics: [{ key: "logins", value: 0 }] });
});

test("whatever is exported, checking gives problems or definitions that check again to themselves", () => {
  const texts = fc.record({ en: fc.string(), zh: fc.string() });
  const loose = fc.dictionary(
    fc.string(),
    fc.oneof(fc.anything(), fc.record({ kind: fc.string(), event: fc.string() })),
  );
  const lists = fc.dictionary(fc.constantFrom("ai", "closed", "kiosk", "failed", "x"), fc.array(fc.string()));
  const words = fc.dictionary(fc.constantFrom("role", "channel", "ticket_status", "end_reason", "other"), lists);
  const config = fc.record({ events: fc.oneof(loose, texts), metrics: loose, words }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), config), (exported) => {
      const { problems, definitions } = checkDefinitions(exported, reservedMetricKeys);
      if (problems.length > 0) return;
      expect(checkDefinitions(structuredClone(definitions), reservedMetricKeys).problems).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("the services whose spans count are named in any order, and mistakes in them are named", () => {
  const check = (aiCalls: unknown) => checkDefinitions({ aiCalls }, reservedMetricKeys);
  const { definitions, problems } = check({ services: ["shop", "bot", "shop"] });
  expect(problems).toEqual([]);
  expect(definitions.aiCalls).toEqual({ services: ["bot", "shop"], ignoreScopes: [] });
  expect(check({ services: ["bot", "shop"], ignoreScopes: [] }).definitions).toEqual(definitions);
  expect(checkDefinitions({}, reservedMetricKeys).definitions).toEqual({ events: {}, metrics: {} });
  const pathsOf = (aiCalls: unknown) => check(aiCalls).problems.map(({ path }) => path.join("."));
  expect(pathsOf({})).toEqual(["aiCalls"]);
  expect(pathsOf({ services: [] })).toEqual(["aiCalls.services"]);
  expect(pathsOf({ services: ["bot"], ignoreScopes: "openai" })).toEqual(["aiCalls.ignoreScopes"]);
  expect(pathsOf({ services: ["bot", " "], scopes: [] }).toSorted()).toEqual(["aiCalls.scopes", "aiCalls.services"]);
  expect(pathsOf("bot")).toEqual(["aiCalls"]);
});

test("looking for lines ends on any text and never fails", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(..."{}[]()\"'`$\\/*\n:,.a =") }), async (text) => {
      for (const source of [`export default {${text}`, `const a = {${text}}; export default a`]) {
        const line = (await locateKeys(source)).lineOf(["a"]);
        expect(line === undefined || line > 0).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
