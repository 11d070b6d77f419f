import { expect, test } from "vitest";
import { callListNames, callListOf } from "../../../collector-receiver/src/stats/lists/call-lists.ts";
import { sessionListOf } from "../../../collector-receiver/src/stats/lists/session-lists.ts";
import { callListSql, callSorts } from "../../../collector-receiver/src/stats/sql/read-call-list.ts";
import { figureKeys } from "../../../collector-receiver/src/web/report/report-figures.ts";
import { openScenario } from "../meaning/open-scenario.ts";
import type { Told } from "../meaning/open-scenario.ts";

const call = (at: string, attributes: Told[2]): Told => [at, "ai.call", { model: "gpt-5-mini", ...attributes }];

/** 230 calls with every gap: failures, no usage, no conversation, models with and without a price, durations that many share. */
const many: readonly Told[] = Array.from({ length: 230 }, (_, i) =>
  call(`2025-10-${String(10 + (i % 7)).padStart(2, "0")} 10:${String(i % 60).padStart(2, "0")}:00`, {
    model: ["GPT-5-mini", " gpt-5-mini ", "ft:gpt-5-mini:acme:1", "tiny\u00a0 model", "free"][i % 5] ?? "",
    ...(i % 3 === 0 ? {} : { provider: i % 2 === 0 ? "openai" : "OpenAI" }),
    ...(i % 7 === 0 ? { service_tier: "flex" } : {}),
    ...(i % 4 === 0 ? {} : { session_id: `s-${i % 20}` }),
    ...(i % 11 === 0 ? { error: true } : {}),
    ...(i % 13 === 0
      ? {}
      : {
          input_tokens: 1000 + ((i * 7) % 50),
          cached_input_tokens: i % 60,
          cache_write_tokens: i % 17,
          output_tokens: i,
        }),
    ...(i % 6 === 0 ? {} : { duration_ms: (i % 9) * 100, first_token_ms: (i % 5) * 10 }),
  }),
);

async function openCalls() {
  const { tell, october, receiver } = await openScenario();
  const { url, database } = receiver;
  const text = async (path: string): Promise<string> => {
    const answer = await fetch(url + path);
    const body = await answer.text();
    expect(answer.status, body.slice(0, 400)).toBe(200);
    return body;
  };
  const get = async (path: string): Promise<any> => JSON.parse(await text(path));
  const price = (model: string, from: string, prices: readonly (number | null)[], tier = "") =>
    database.pool.query("insert into analytics_model_prices values ('default', '', $1, $2, $3, $4, $5, $6, $7)", [
      model,
      tier,
      from,
      ...prices,
    ]);
  /** The pages of a list in the order of reading, from a position (`after=…` or `before=…`) on. */
  const walk = async (query: string, from = ""): Promise<{ calls: any[]; pages: any[] }> => {
    const side = from.startsWith("before") ? "before" : "after";
    const pages: any[] = [];
    for (let at = from; ;) {
      const page = await get(`/api/analytics/ai-calls?month=2025-10&${query}&${at}`.replace(/&$/, ""));
      pages.push(page);
      const position = side === "after" ? page.next : page.previous;
      if (position === null) return { calls: pages.flatMap(({ calls }) => calls), pages };
      at = `${side}=${encodeURIComponent(position)}`;
    }
  };
  return { tell, october, database, text, get, price, walk };
}

async function openMany() {
  const opened = await openCalls();
  await opened.price("gpt-5-mini", "0001-01-01", [2, 0.2, null, 8]);
  await opened.price("gpt-5-mini", "2025-10-13", [2.5, 0.25, 3, 9]);
  await opened.price("gpt-5-mini", "0001-01-01", [1, 0.1, 1.5, 4], "flex");
  await opened.price("tiny*", "2025-10-12", [0.123456789, null, null, 0.4]);
  await opened.tell(...many);
  return opened;
}

test("the calls add up to every figure, and what they cost to the spend, to the last digit", async () => {
  const { walk, october, get, database } = await openMany();
  const { of } = await october();
  const { calls } = await walk("of=ai_calls");
  expect(calls.length).toBe(of["ai_calls"]);
  const sum = (key: string): number => calls.reduce((all, one) => all + Number(one[key]), 0);
  expect({
    ai_cached_input_tokens: sum("cache_read_tokens"),
    ai_cache_write_tokens: sum("cache_write_tokens"),
    ai_output_tokens: sum("output_tokens"),
    ai_input_tokens: sum("uncached_tokens") + sum("cache_read_tokens") + sum("cache_write_tokens"),
  }).toMatchObject({
    ai_cached_input_tokens: of["ai_cached_input_tokens"],
    ai_cache_write_tokens: of["ai_cache_write_tokens"],
    ai_output_tokens: of["ai_output_tokens"],
    ai_input_tokens: of["ai_input_tokens"],
  });
  for (const list of callListNames.filter((name) => name !== "ai_calls_unpriced")) {
    const listed = await walk(`of=${list}`);
    expect([list, listed.calls.length]).toEqual([list, of[list]]);
    expect(listed.calls.length).toBeGreaterThan(0);
  }
  const unpriced = await walk("of=ai_calls_unpriced");
  const costs = await get("/api/analytics/ai-costs?month=2025-10");
  expect(unpriced.calls.reduce((all, one) => all + one.unpriced_tokens, 0)).toBe(costs.unpriced_tokens);
  expect(sum("unpriced_tokens")).toBe(costs.unpriced_tokens);
  // The API rounds each cost to 6 digits; SQL adds them exactly.
  const { rows } = await database.pool.query(
    `with listed as (${callListSql({ list: "ai_calls", order: { by: "cost", descending: true, from: null } })})
     select sum(cost::numeric) = (select sum(spend) from analytics_ai_spend) as is_equal, count(*)::int as calls from listed`,
    statementValues(1_000_000),
  );
  expect(rows).toEqual([{ is_equal: true, calls: many.length }]);
  // By model, as the section of the report links to them.
  for (const { provider, model, service_tier: tier, ai_calls: count, ai_spend: spend } of costs.models) {
    const word = (text: string): string => encodeURIComponent(text === "" ? "—" : text);
    const query = `model=${word(model)}&provider=${word(provider)}&service_tier=${word(tier)}`;
    const own = (await walk(query)).calls;
    expect([query, own.length]).toEqual([query, count]);
    const cost = own.reduce((all, one) => all + (one.cost ?? 0), 0);
    expect(cost).toBeCloseTo(spend ?? 0, 4);
  }
  expect(costs.models.length).toBeGreaterThan(8);
});

const october = Array.from({ length: 31 }, (_, i) => `2025-10-${String(i + 1).padStart(2, "0")}`);
const statementValues = (limit: number): unknown[] => [
  "default",
  october,
  october.map((day) => new Date(`${day}T00:00:00+08:00`).toISOString()),
  "2025-10-31T16:00:00Z",
  limit,
  null,
  null,
  null,
  null,
  null,
  null,
];

test("calls are sorted by each column both ways, page by page, there and back, and so is the CSV", async () => {
  const { walk, text } = await openMany();
  const values: Readonly<Record<(typeof callSorts)[number], (call: any) => number | null>> = {
    time: ({ occurred_at: at }) => Date.parse(at),
    cost: ({ cost }) => cost,
    tokens: (c) => c.uncached_tokens + c.cache_read_tokens + c.cache_write_tokens + c.output_tokens,
    duration: ({ duration_ms: ms }) => ms,
    first_token: ({ first_token_ms: ms }) => ms,
  };
  const ids = (calls: readonly any[]): string[] => calls.map(({ event_id: id }) => id);
  for (const column of callSorts) {
    for (const sign of [1, -1]) {
      const sort = `sort=${sign === 1 ? "" : "-"}${column}`;
      const forth = await walk(sort);
      expect([sort, forth.pages.map(({ calls }) => calls.length)]).toEqual([sort, [100, 100, 30]]);
      expect(new Set(ids(forth.calls)).size).toBe(many.length);
      const keys = forth.calls.map(values[column]);
      const known = keys.filter((key) => key !== null);
      // What is not known comes last both ways.
      expect(keys.slice(0, known.length)).toEqual(known);
      expect([sort, known]).toEqual([sort, known.toSorted((a, b) => sign * (a - b))]);
      const back = await walk(sort, `before=${encodeURIComponent(forth.pages.at(-1).previous)}`);
      expect([sort, ids(back.pages.toReversed().flatMap(({ calls }) => calls))]).toEqual([
        sort,
        ids(forth.calls).slice(0, 200),
      ]);
      const csv = (await text(`/report/calls.csv?month=2025-10&${sort}&lang=en`)).trim().split("\r\n").slice(1);
      expect(csv.map((line) => line.split(",")[0])).toEqual(forth.calls.map(({ occurred_at: at }) => at));
    }
  }
});

test("each figure, each model and each conversation leads to its calls", async () => {
  const { text, tell } = await openMany();
  await tell(
    ["2025-10-12 09:00:00", "session.start", { session_id: "s-1" }],
    ["2025-10-12 09:00:00", "session.message", { session_id: "s-1", role: "ai" }],
    ["2025-10-12 09:01:00", "session.end", { session_id: "s-1", reason: "resolved" }],
  );
  const report = await text("/report?month=2025-10&lang=en");
  const links = (html: string): string[] =>
    [...html.matchAll(/<a\s+(?:class="[^"]*"\s+)?href="([^"]+)"/g)].map(([, href]) =>
      (href ?? "").replaceAll("&amp;", "&"),
    );
  const rest = ["ai_input_tokens", "ai_output_tokens", "ai_failed_calls", "ai_call_error_rate", "ai_call_time_p90_ms"];
  for (const key of [...figureKeys.ai_calls, ...rest]) {
    // Up to the next figure.
    const found = new RegExp(`id="${key}">[\\s\\S]*?(?= id="[a-z_0-9]+">)`).exec(report)?.[0] ?? "";
    const href = `/report/calls?month=2025-10&of=${callListOf(key)}&lang=en`;
    const sessions = sessionListOf(key);
    const others = sessions === null ? [] : [`/report/sessions?month=2025-10&of=${sessions}&lang=en`];
    expect([key, links(found)]).toEqual([key, expect.arrayContaining([...others, href])]);
    expect(await text(href)).toContain("Calls of models");
  }
  const section = report.slice(report.indexOf('id="models"')).split("</figure>")[0] ?? "";
  const models = links(section).filter((href) => href.startsWith("/report/calls"));
  expect(models.length).toBeGreaterThan(8);
  for (const href of models) {
    const row = new RegExp(
      `href="${href.replaceAll("&", "&amp;").replace(/[?.+()]/g, "\\$&")}"[\\s\\S]*?<td[^>]*>(\\d+)</td>`,
    ).exec(section);
    const rows = /<tbody>([\s\S]*)<\/tbody>/.exec(await text(href))?.[1]?.split("</tr>").length ?? 0;
    expect([href, rows - 1]).toEqual([href, Number(row?.[1])]);
  }
  expect(await text("/report/share/preview?month=2025-10&lang=en&least=1")).not.toContain("/report/calls");
  const session = links(await text("/report/sessions/s-1?lang=en")).find((href) => href.startsWith("/report/calls"));
  const own = await text(session ?? "");
  const ofSession = many.filter((told) => told[2]["session_id"] === "s-1");
  expect(own.split("</tr>").length - 2).toBe(ofSession.length);
  expect(own).toContain('href="/report/sessions/s-1?lang=en"');
  for (const part of ["openai · gpt-5-mini", "no price", "Uncached input", "First token"])
    expect(await text("/report/calls?month=2025-10&lang=en")).toContain(part);
  expect(await text("/report/calls?month=2025-10&lang=zh-CN")).toContain("未缓存输入");
});

test("calls of tests, of other events and of other periods are not listed", async () => {
  const { tell, walk, october } = await openCalls();
  await tell(
    ["2025-10-01 00:00:00", "ai.call", { model: "first", input_tokens: 1 }],
    ["2025-10-31 23:59:59", "ai.call", { model: "last", input_tokens: 1 }],
    ["2025-09-30 23:59:59", "ai.call", { model: "before", input_tokens: 1 }],
    ["2025-11-01 00:00:00", "ai.call", { model: "after", input_tokens: 1 }],
    ["2025-10-10 10:00:00", "ai.call", { model: "test", input_tokens: 1, test: true }],
    ["2025-10-10 10:00:00", "ai.call", { model: "of a test", input_tokens: 1, session_id: "s-test" }],
    ["2025-10-10 10:00:00", "session.start", { session_id: "s-test", test: true }],
    ["2025-10-10 10:00:00", "session.start", { session_id: "s-1" }],
  );
  expect((await october()).of["ai_calls"]).toBe(2);
  expect((await walk("sort=time")).calls.map(({ model }) => model)).toEqual(["first", "last"]);
  expect((await walk("sort=-time&of=ai_calls_unpriced")).calls.map(({ model }) => model)).toEqual(["last", "first"]);
});

test("a part of the calls is read through its index, beside many other events", async () => {
  const { database, tell } = await openMany();
  await tell(
    ...Array.from({ length: 2000 }, (_, i): Told => {
      const at = `2025-10-${String(10 + (i % 7)).padStart(2, "0")} 11:00:${String(i % 60).padStart(2, "0")}`;
      return [at, "session.message", { session_id: `s-${i % 20}`, role: "ai" }];
    }),
  );
  const plan = async (values: unknown[]) => {
    const client = await database.pool.connect();
    try {
      await client.query("analyze analytics_events");
      await client.query("begin");
      await client.query("set local enable_seqscan = off; set local enable_bitmapscan = off");
      const sql = callListSql({ list: "ai_calls", order: { by: "time", descending: false, from: null } });
      const { rows } = await client.query(`explain (analyze, format json, timing off) ${sql}`, values);
      await client.query("rollback");
      return scansOf(rows[0]["QUERY PLAN"][0].Plan).filter(
        (scan) => scan["Actual Loops"] > 0 && scan["Relation Name"]?.startsWith("analytics_events"),
      );
    } finally {
      client.release();
    }
  };
  const whole = await plan(statementValues(11));
  expect(whole.length).toBeGreaterThan(0);
  const sumOf = (scans: any[], key: string) => scans.reduce((sum, scan) => sum + (scan[key] ?? 0), 0);
  expect([...new Set(whole.map((scan) => scan["Node Type"]))].join()).toMatch(/^Index (?:Only )?Scan$/);
  expect([sumOf(whole, "Rows Removed by Filter"), sumOf(whole, "Actual Rows") <= 11]).toEqual([0, true]);
  const { rows } = await database.pool.query(
    `explain (analyze, format json, timing off) select 1 from analytics_events
     where tenant_id = 'default' and session_id = 's-1' and event_name = 'ai.call' order by occurred_at, event_id`,
  );
  const own = scansOf(rows[0]["QUERY PLAN"][0].Plan).filter((scan) => scan["Actual Rows"] > 0);
  expect(sumOf(own, "Actual Rows")).toBeGreaterThan(0);
  expect(sumOf(own, "Rows Removed by Filter")).toBe(0);
});

function scansOf(plan: any): any[] {
  return [...(String(plan["Node Type"]).includes("Scan") ? [plan] : []), ...(plan.Plans ?? []).flatMap(scansOf)];
}
