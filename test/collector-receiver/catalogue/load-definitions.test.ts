import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { checkDefinitions } from "../../../collector-receiver/src/catalogue/check-definitions.ts";
import { reservedMetricKeys } from "../../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import { DefinitionsError } from "../../../collector-receiver/src/catalogue/definitions-error.ts";
import { findDefinitionsFile, loadDefinitions } from "../../../collector-receiver/src/catalogue/load-definitions.ts";
import { KeyLines } from "../../../collector-receiver/src/catalogue/locate-keys.ts";
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
  for (const { line } of error.problems) expect(error.message).toContain(`spanledger.config.ts:${line} `);
  return error.problems.map(({ line, path }) => `${String(line).padStart(2, "0")} ${path.join(" ")}`).toSorted();
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
  expect(await problemsOf("export const config = {};\n")).toEqual(["01 "]);
});

test("the named file, else spanledger.config.ts of the folder, else none", () => {
  const { folder, file } = writeConfig("export default {};");
  expect(findDefinitionsFile(undefined, folder)).toBe(file);
  expect(findDefinitionsFile("spanledger.config.ts", folder)).toBe(file);
  expect(findDefinitionsFile(undefined, join(folder, "elsewhere"))).toBeNull();
  expect(() => findDefinitionsFile("missing.ts", folder)).toThrow(/missing\.ts:1 .*SPANLEDGER_CONFIG/);
});

test("a receiver with a wrong file does not start, and says all of it; with none, what was stored holds on", async () => {
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
  const config = fc.record({ events: fc.oneof(loose, texts), metrics: loose }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), config), (exported) => {
      const { problems, definitions } = checkDefinitions(exported, reservedMetricKeys);
      if (problems.length > 0) return;
      expect(checkDefinitions(structuredClone(definitions), reservedMetricKeys).problems).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("a scanner of keys ends on any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."{}[]()\"'`$\\/*\n:,.a ") }), (text) => {
      expect(new KeyLines(`export default {${text}`).lineOf(["a"])).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
