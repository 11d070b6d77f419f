import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { findGrafanaJudge } from "../../deploy/setup/build-grafana-judge.ts";
import { useTestDatabase } from "../support/create-test-database.ts";
import { describeWith } from "../support/describe-with.ts";
import { expandMacros, interpolateVariables } from "./expand-query.ts";
import { boardQueries } from "./read-queries.ts";
import { runQuery, sqlOf } from "./run-query.ts";
import { seedBoards } from "./seed-boards.ts";

const choice = { tenant: "default", agent: "7", channel: "*" };
const range = { fromMs: Date.parse("2025-12-28T00:00:00+08:00"), toMs: Date.parse("2026-01-03T23:59:59.999+08:00") };

interface Verdict {
  readonly expanded: string;
  readonly seconds: number;
  readonly shape: string;
  readonly series: Readonly<Record<string, number>> | null;
  readonly error: string;
}

async function ask(judge: string, cases: readonly object[]): Promise<Verdict[]> {
  const child = spawn(judge, { stdio: ["pipe", "pipe", "inherit"] });
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
  child.stdin.end(cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(0);
  return answer
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Verdict);
}

describeWith("the judge of the dashboards (npm run setup)", await findGrafanaJudge(), (judge) => {
  it("expands every query as our expander does, and draws every series that PostgreSQL answers", async () => {
    const database = await useTestDatabase();
    await seedBoards(database, [
      {
        tenantId: "default",
        settings: {},
        hours: Array.from({ length: 14 }, (_, place) => range.fromMs + place * 12 * 3_600_000),
        agents: [{ id: 7, name: "王芳" }],
      },
    ]);
    const client = await database.pool.connect();
    const cases = [];
    for (const query of boardQueries) {
      const sql = interpolateVariables(query.sql, {
        tenant: { value: choice.tenant },
        agent: { value: choice.agent },
        channel: { value: choice.channel },
      });
      cases.push({ ...range, sql, format: query.format, ...(await runQuery(client, query, range, choice)) });
    }
    client.release();
    const verdicts = await ask(judge(), cases);
    let long = 0;
    for (const [at, query] of boardQueries.entries()) {
      const verdict = verdicts[at] as Verdict;
      expect(verdict.error, query.where).toBe("");
      expect(verdict.expanded, query.where).toBe(sqlOf(query, range, choice));
      if (query.format !== "time_series") continue;
      const { columns, rows } = cases[at] as (typeof cases)[number];
      if (verdict.shape === "long") long++;
      const names = verdict.shape === "long" ? rows.map((row) => row[1]) : columns.slice(1).map(({ name }) => name);
      expect(verdict.series, query.where).toEqual(Object.fromEntries(names.map((name) => [name, 7])));
    }
    // Rejections by reason and events by name, in two languages: one value column and a name for each row.
    expect(long).toBe(4);
  });

  it("knows the widths of intervals as our expander does", async () => {
    const intervals = ["20ms", "1s", "5m", "36h", "1d", "12d", "2w"];
    const verdicts = await ask(
      judge(),
      intervals.map((interval) => ({ interval })),
    );
    for (const [at, interval] of intervals.entries()) {
      const { seconds, error } = verdicts[at] as Verdict;
      expect(error).toBe("");
      expect(expandMacros(`$__unixEpochGroup(at,'${interval}')`, range)).toBe(`floor((at)/${seconds})*${seconds}`);
    }
  });

  it("refuses a macro that Grafana does not have", async () => {
    const [verdict] = await ask(judge(), [{ ...range, sql: "select $__timeFormat(at)", format: "table" }]);
    expect(verdict?.error).toBe('unknown macro "__timeFormat"');
  });
});
