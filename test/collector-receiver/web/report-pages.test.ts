import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureKeys } from "../../../collector-receiver/src/web/report/report-figures.ts";
import { chartIds } from "../../../collector-receiver/src/web/charts/report-chart.ts";
import { sessionListNames } from "../../../collector-receiver/src/stats/lists/session-lists.ts";
import { listShares } from "../../../collector-receiver/src/stats/sql/list-shares.ts";
import { readSharedFile, readSharedPage } from "../../../collector-receiver/src/stats/sql/read-share.ts";
import { revokeShare } from "../../../collector-receiver/src/storage/shares/revoke-share.ts";
import { storeShare } from "./store-share.ts";
import { freezeReport } from "../../../collector-receiver/src/web/share/freeze-report.ts";
import type { FrozenFile } from "../../../collector-receiver/src/web/share/frozen-report.ts";
import { pdfShows } from "../../support/pdf-shows.ts";
import { startSampleReceiver } from "./sample-receiver.ts";
import type { SampleReceiver } from "./sample-receiver.ts";

let receiver: SampleReceiver;
beforeAll(async () => {
  receiver = await startSampleReceiver("2025-11-20", "2025-12-12", {
    TRACE_URL_TEMPLATE: "https://tracing.example/trace/{trace_id}",
    SAMPLE_DATA: "true",
  });
}, 120_000);
afterAll(() => receiver.stop());

const get = (path: string): Promise<Response> => fetch(receiver.url + path);
const page = async (path: string): Promise<string> => {
  const response = await get(path);
  const text = await response.text();
  expect(response.status, text.slice(0, 500)).toBe(200);
  return text;
};

describe("the report", () => {
  test.each(["zh-CN", "en"])("shows the figures of the case study, letter by letter (%s)", async (lang) => {
    const study: any = await (await get(`/api/analytics/case-study?month=2025-12&lang=${lang}`)).json();
    const report = await page(`/report?month=2025-12&lang=${lang}`);
    const valueOf = (key: string) =>
      new RegExp(`id="${key}">[\\s\\S]*?<p class="value[^"]*">([^<]*)`).exec(report)?.[1];
    // The sample calls no models.
    const groups = (Object.keys(figureKeys) as (keyof typeof figureKeys)[]).filter((group) => group !== "ai_calls");
    for (const key of Object.keys(study.metrics)) {
      // The plan's own quotients are for the API.
      const isShown = !key.startsWith("plan_");
      expect([key, valueOf(key)]).toEqual([key, isShown ? study.metrics[key].formatted : undefined]);
    }
    for (const key of groups.flatMap((group) => figureKeys[group])) expect(study.metrics).toHaveProperty(key);
    expect(report).toContain(study.summary.replaceAll('"', "&quot;").replaceAll("'", "&#39;"));
    expect(report).toContain(`<html lang="${lang}">`);
    expect(report).toMatch(
      lang === "en"
        ? /class="badge gap">(\d\d% of events are numbered; of these )?99\.98%( of events)? arrived</
        : /class="badge gap">(\d\d% 的事件带编号，其中 )?99\.98% (的事件)?已到达</,
    );
    for (const id of chartIds) expect(report).toContain(`id="${id}"`);
  });

  test("what stands beside the five figures, and the tree of outcomes, are the API's numbers, on the page and in the PDF", async () => {
    const study: any = await (await get("/api/analytics/case-study?month=2025-12&lang=en")).json();
    const { outcomes }: any = await (
      await get("/api/analytics/summary?start_date=2025-12-01&end_date=2025-12-31&lang=en")
    ).json();
    const report = await page("/report?month=2025-12&lang=en");
    const besideOf = (key: string) =>
      /<p class="aside">([^<]*)/.exec(report.slice(report.indexOf(`id="${key}">`)))?.[1]?.replaceAll("\u00a0", " ");
    const { metrics } = study;
    const text = (key: string): string => metrics[key].formatted;
    expect(besideOf("total_sessions")).toBe(`${text("unique_customers")} customers`);
    expect(besideOf("ai_resolution_rate")).toBe(
      `${text("ai_resolved_confirmed")} confirmed, ${text("ai_resolved_assumed")} assumed`,
    );
    const waits = metrics.avg_first_response_ms.denominator;
    expect(besideOf("avg_first_response_ms")).toBe(
      waits === metrics.first_takeovers.value
        ? `${text("first_takeovers")} takeovers`
        : `${waits} of ${text("first_takeovers")} waits known`,
    );
    expect(besideOf("sla_met_rate")).toBe(
      `${metrics.sla_met_rate.numerator} of ${metrics.sla_met_rate.denominator} tickets`,
    );
    expect(besideOf("estimated_cost_saved")).toBe(`${text("ai_resolved_sessions")} conversations without an agent`);
    const tree = report.slice(report.indexOf('<ul class="tree">'), report.indexOf("The parts of each line add up"));
    const onPage = [...tree.matchAll(/<b>([\s\S]*?)<\/b>/g)].map(([, count = ""]) =>
      count.replaceAll(/<[^>]*>|[\s,]/g, ""),
    );
    expect(onPage).toEqual(
      outcomes
        .filter(({ key, sessions }: any) => sessions !== 0 || key !== "counted_by_older_rules")
        .map(({ sessions }: any) => String(sessions)),
    );
    const pdf = Buffer.from(await (await get("/report.pdf?month=2025-12&lang=en")).arrayBuffer());
    const names = [...tree.matchAll(/<span>([^<]*)<\/span>/g)].map(([, name = ""]) => name);
    expect(names).toHaveLength(onPage.length);
    // Where the font joins letters, the PDF has one glyph for two.
    for (const name of names.filter((one) => !/f[fil]/.test(one))) expect(pdfShows(pdf, name), name).toBe(true);
    // These sums stand nowhere else in it.
    for (const key of ["ended", "with_a_human", "without_solution"]) {
      const { sessions } = outcomes.find((one: any) => one.key === key);
      expect([key, pdfShows(pdf, sessions.toLocaleString("en"))]).toEqual([key, true]);
    }
  });

  test.each(["zh-CN", "en"])(
    "shows the figures of operations, letter by letter, with their notes (%s)",
    async (lang) => {
      const operations: any = await (await get(`/api/analytics/operations?month=2025-12&lang=${lang}`)).json();
      const report = await page(`/report?month=2025-12&lang=${lang}`);
      const csv = await page(`/report.csv?month=2025-12&lang=${lang}`);
      const shown = Object.keys(operations.metrics).filter((key) => !key.includes("_business_"));
      expect(shown).toContain("ai_resolution_durable_rate");
      expect(shown).toContain("agent_occupancy_rate");
      for (const key of shown) {
        const { formatted } = operations.metrics[key];
        const value = new RegExp(`id="${key}">[\\s\\S]*?<p class="value[^"]*">([^<]*)`).exec(report)?.[1];
        expect([key, value]).toEqual([key, formatted]);
        const line = csv.split("\r\n").find((one) => one.startsWith(`2025-12,${key},,`));
        expect(line).toMatch(new RegExp(`^2025-12,${key},,${operations.metrics[key].value ?? ""},[a-z]+,`));
      }
      const { message } = operations.notes.find(({ code }: any) => code === "no_working_hours");
      expect(report).toContain(message);
      for (const agent of operations.agents) {
        expect(report).toContain(agent.metrics.agent_online_ms.formatted);
      }
    },
  );

  test.each([
    "period=2025-12-05",
    "period=2025-W49",
    "period=2025-Q4",
    "period=2025",
    "start_date=2025-11-25&end_date=2025-12-09",
    "from=2025-08-01&to=2025-12-10",
    "month=2025-12&compare=none",
    "period=2025-W50&compare=year",
  ])("of any period is what the API, the CSV and the PDF say: %s", async (query) => {
    for (const lang of ["zh-CN", "en"]) {
      const study: any = await (await get(`/api/analytics/case-study?${query}&lang=${lang}`)).json();
      const operations: any = await (await get(`/api/analytics/operations?${query}&lang=${lang}`)).json();
      const report = await page(`/report?${query}&lang=${lang}`);
      const csv = await page(`/report.csv?${query}&lang=${lang}`);
      const figures = { ...operations.metrics, ...study.metrics };
      const shown = Object.keys(figures).filter((key) => !key.startsWith("plan_") && !key.includes("_business_"));
      for (const key of shown) {
        const value = new RegExp(`id="${key}">[\\s\\S]*?<p class="value[^"]*">([^<]*)`).exec(report)?.[1];
        expect([key, value]).toEqual([key, figures[key].formatted]);
        const written = (csv.split("\r\n").find((one) => one.includes(`,${key},,`)) ?? "").split(",").at(3);
        expect([key, written]).toEqual([key, String(figures[key].value ?? "")]);
      }
      expect(report).toContain(`<h1>${study.period}</h1>`);
      const pdf = await get(`/report.pdf?${query}&lang=${lang}`);
      expect(pdf.status).toBe(200);
      expect(
        Buffer.from(await pdf.arrayBuffer())
          .subarray(0, 5)
          .toString(),
      ).toBe("%PDF-");
      expect(report).toContain(study.summary.replaceAll('"', "&quot;").replaceAll("'", "&#39;"));
      // Whatever leads on from the page stays in its period.
      const lists = [...report.matchAll(/href="(\/report\/(?:sessions|events|tickets)\?[^"]*)"/g)].map(
        ([, href]) => href,
      );
      expect(lists.length).toBeGreaterThan(5);
      const list = (lists[0] as string).replaceAll("&amp;", "&");
      expect(await page(list)).toContain(study.period);
      const agents: any = await (
        await get(`/api/analytics/agents?${query.replace(/&compare=\w+/, "")}&lang=${lang}`)
      ).json();
      expect(agents.total.sessions_handled.formatted).toBe(figures.sessions_handled.formatted);
      const queries: any = await (
        await get(`/api/analytics/query-success-rates?${query.replace(/&compare=\w+/, "")}&lang=${lang}`)
      ).json();
      expect(queries.order.success_rate.formatted).toBe(figures.order_query_success_rate.formatted);
    }
  });

  test("offers the periods beside it, and by name, as far as there are numbers", async () => {
    const hrefsOf = (text: string, label: string): string[] =>
      [
        ...(new RegExp(`<nav[^>]*aria-label="${label}">[\\s\\S]*?</nav>`).exec(text)?.[0] ?? "").matchAll(
          /href="([^"]*)"/g,
        ),
      ].map(([, href]) => (href as string).replaceAll("&amp;", "&"));
    const beside = async (query: string) => hrefsOf(await page(`/report?${query}&lang=en`), "Periods beside this one");
    expect(await beside("period=2025-W49")).toEqual([
      "/report?period=2025-W48&lang=en",
      "/report?period=2025-W50&lang=en",
    ]);
    // Nothing was counted before 20 November 2025.
    expect(await beside("month=2025-11")).toEqual(["/report?month=2025-12&lang=en"]);
    expect(await beside("period=2025-11-20")).toEqual(["/report?period=2025-11-21&lang=en"]);
    expect(await beside("start_date=2025-11-21&end_date=2025-11-25&compare=none")).toEqual([
      "/report?start_date=2025-11-16&end_date=2025-11-20&compare=none&lang=en",
      "/report?start_date=2025-11-26&end_date=2025-11-30&compare=none&lang=en",
    ]);
    const report = await page("/report?month=2025-12&lang=en");
    expect(report).toMatch(/name="start_date"[^>]*min="2025-11-20"/);
    for (const href of hrefsOf(report, "Other period")) await page(href);
    expect(await page("/report?from=singlemessage&lang=en")).toContain("</html>");
    const wrong = await get("/report?period=2025-W60&lang=en");
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain("is not a period");
  });

  test("a figure's definition names its formula, its own numerator and denominator, and the version", async () => {
    const study: any = await (await get("/api/analytics/case-study?month=2025-12&lang=en")).json();
    const report = await page("/report?month=2025-12&lang=en");
    const card = /<article[^>]*id="ai_resolution_rate">[\s\S]*?<\/article>/.exec(report)?.[0] ?? "";
    const { numerator, denominator } = study.metrics.ai_resolution_rate;
    const number = new Intl.NumberFormat("en");
    expect(card).toContain("ai_resolved_sessions / total_sessions × 100");
    expect(card).toContain(`<code>ai_resolved_sessions</code> = ${number.format(numerator)}`);
    expect(card).toContain(`<code>total_sessions</code> = ${number.format(denominator)}`);
    expect(card).toContain("Definition version 2");
    expect(card).toMatch(/\d\u00a0assumed/);
  });

  test("a figure has the trend of the months that are recorded, and its numbers in the definition", async () => {
    const report = await page("/report?month=2025-12&lang=en");
    for (const key of ["unique_customers", "escalation_rate", "tickets_resolved"]) {
      const card = new RegExp(`<article[^>]*id="${key}">[\\s\\S]*?</article>`).exec(report)?.[0] ?? "";
      const trend = /<svg class="trend"[\s\S]*?<\/svg>/.exec(card)?.[0] ?? "";
      const heights = [...trend.matchAll(/<circle class="(?:was|now)" cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) =>
        Number(y),
      );
      const months = [];
      for (const month of ["2025-11", "2025-12"]) {
        const study: any = await (await get(`/api/analytics/case-study?month=${month}&lang=en`)).json();
        months.push(study.metrics[key]);
      }
      expect(heights).toHaveLength(2);
      const [then, now] = months.map(({ value }) => value);
      // Higher on the page is less in SVG.
      expect([key, (heights[0] as number) - (heights[1] as number) > 0]).toEqual([key, now > then]);
      const shown = [...card.matchAll(/<th scope="row">((?:November|December) 2025)<\/th>\s*<td>([^<]*)</g)];
      expect(shown.map(([, month, text]) => [month, text])).toEqual([
        ["November 2025", months[0].formatted],
        ["December 2025", months[1].formatted],
      ]);
    }
  });

  test("every chart is drawn for both widths, with its data as a table that adds up to the figures of the month", async () => {
    const { metrics }: any = await (await get("/api/analytics/case-study?month=2025-12&lang=en")).json();
    const report = await page("/report?month=2025-12&lang=en");
    const chartOf = (id: string): string =>
      new RegExp(`<figure[^>]*id="${id}">[\\s\\S]*?</figure>`).exec(report)?.[0] ?? "";
    const rowsOf = (id: string): string[][] =>
      (/<tbody>([\s\S]*?)<\/tbody>/.exec(chartOf(id))?.[1] ?? "")
        .split("</tr>")
        .slice(0, -1)
        .map((row) =>
          [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) =>
            (cell as string).replace(/<[^>]*>/g, "").trim(),
          ),
        );
    const sum = (id: string, column: number): number =>
      rowsOf(id).reduce((total, row) => total + (Number(row[column]?.replaceAll(",", "")) || 0), 0);
    const value = (...keys: string[]): number => keys.reduce((total, key) => total + metrics[key].value, 0);
    for (const id of chartIds) {
      for (const drawing of ["wide-drawing", "narrow"])
        expect(chartOf(id)).toMatch(new RegExp(`<svg[^>]*class="${drawing}"`));
      expect(rowsOf(id).length, id).toBeGreaterThan(1);
    }
    // Told apart without colour: the second series is hatched, the second line dashed with marks of its own.
    for (const id of ["sessions", "queries", "tickets"]) {
      expect(chartOf(id)).toContain(`fill="url(#${id}-w-2)"`);
    }
    // Each day says its values on hover, in the drawing that a pointer meets.
    for (const id of ["sessions", "queries", "tickets"]) {
      expect(chartOf(id).match(/<title>/g)).toHaveLength(31);
      for (const [name, ...cells] of rowsOf(id)) {
        const title = new RegExp(`<title>${name}\n([^<]*)</title>`).exec(chartOf(id))?.[1] ?? "";
        const said = new Set(title.split("\n").map((line) => line.slice(line.lastIndexOf(": ") + 2)));
        if (id !== "sessions") for (const cell of cells) expect(said, `${id} ${name}`).toContain(cell);
        expect(title, `${id} ${name}`).toContain(cells.at(-1));
      }
    }
    // The outcomes of a day add up to its conversations.
    for (const row of rowsOf("sessions")) {
      const [day, ...figures] = row;
      const total = Number(figures[0]);
      // The column after the resolved ones is a part of them, and the last one a rate.
      const outcomes = [figures[1], ...figures.slice(3, -1)].reduce((sum, part) => sum + Number(part), 0);
      expect(outcomes, day).toBe(total);
    }
    expect(chartOf("queries")).toContain('class="line2"');
    expect(rowsOf("sessions")).toHaveLength(31);
    expect([1, 2, 3].map((column) => sum("sessions", column))).toEqual([
      value("total_sessions"),
      value("ai_resolved_sessions"),
      value("ai_resolved_assumed"),
    ]);
    expect(sum("response-times", 1)).toBe(value("responses_timed"));
    for (const quantile of ["p50", "p90", "p99"]) {
      const series: any = await (
        await get(
          `/api/analytics/timeseries?metric=response_time_${quantile}_ms&from=2025-12&to=2025-12&period=month&locale=en`,
        )
      ).json();
      expect(chartOf("response-times")).toContain(`${series.points[0].formatted} (${quantile})`);
    }
    const { rows } = await receiver.database.pool.query(
      `select count(*)::int as events from analytics_events
       where event_name = 'session.escalate' and occurred_at >= '2025-12-01T00:00+08' and occurred_at < '2026-01-01T00:00+08'`,
    );
    expect(sum("escalation-reasons", 1)).toBe(rows[0].events);
    expect(sum("agents", 1)).toBe(value("sessions_handled"));
    expect(sum("queries", 1)).toBe(value("order_queries_success", "order_queries_failed"));
    expect(sum("queries", 3)).toBe(value("tracking_queries_success", "tracking_queries_failed"));
    expect([1, 2].map((column) => sum("tickets", column))).toEqual([
      value("tickets_created"),
      value("tickets_resolved"),
    ]);
    expect(chartOf("tickets")).toContain(metrics.sla_met_rate.formatted);
  });

  test.each(["zh-CN", "en"])(
    "tells what became of the conversations, as the API does, and leads to them (%s)",
    async (lang) => {
      const { outcomes, current }: any = await (await get(`/api/analytics/summary?month=2025-12&lang=${lang}`)).json();
      const report = await page(`/report?month=2025-12&lang=${lang}`);
      const tree = /<article[^>]*id="outcomes">[\s\S]*?<\/article>/.exec(report)?.[0] ?? "";
      const shown = [
        ...tree.matchAll(
          /<div class="node(?: leak)?">\s*<span>(?<name>[^<]*)<\/span>\s*<b>(?:<a href="(?<href>[^"]*)"[^>]*>)?(?<count>[^<]*)/g,
        ),
      ].map(({ groups }) => ({ name: groups?.["name"], href: groups?.["href"], count: groups?.["count"] }));
      const expected = outcomes.filter(({ key }: any) => key !== "counted_by_older_rules");
      expect(shown.map(({ count }) => Number(count))).toEqual(expected.map(({ sessions }: any) => sessions));
      for (const { key, parent, sessions } of outcomes) {
        const parts = outcomes.filter((one: any) => one.parent === key);
        if (parts.length > 0)
          expect([key, parts.reduce((sum: number, part: any) => sum + part.sessions, 0)]).toEqual([key, sessions]);
        if (key in current) expect([key, sessions]).toEqual([key, current[key]]);
        expect(parent === null).toBe(key === "total_sessions");
      }
      // The three leaks stand in words above the tree, each with its number.
      const leaks = /<p class="leaks">([\s\S]*?)<\/p>/.exec(tree)?.[1]?.replace(/<[^>]*>/g, "") ?? "";
      for (const key of ["outcome_escalated_untaken", "outcome_unanswered", "outcome_not_resolved"]) {
        expect(current[key]).toBeGreaterThan(0);
        expect(leaks).toContain(`${current[key]} `);
      }
      // Each count of a class leads to a list as long as itself.
      const lists = shown.filter(({ href }) => href !== undefined);
      expect(lists.length).toBe(9);
      for (const { name, href, count } of lists) {
        const list = await page((href as string).replaceAll("&amp;", "&"));
        expect([name, new RegExp(`>[^<]*\\b${count}\\b`).test(list)]).toEqual([name, true]);
      }
    },
  );

  test("shows the hours of the week as the API gives them", async () => {
    const { hours, total, occurrences }: any = await (await get("/api/analytics/hours?month=2025-12")).json();
    expect(occurrences).toBeUndefined();
    const { current }: any = await (await get("/api/analytics/summary?month=2025-12")).json();
    expect([total.conversations, total.takeovers, total.waits_known]).toEqual([
      current.total_sessions,
      current.first_takeovers,
      current.first_waits_known,
    ]);
    const csv = (await page("/report.csv?month=2025-12&lang=en")).split("\r\n");
    const report = await page("/report?month=2025-12&lang=en");
    for (const [id, metric] of [
      ["hours-conversations", "conversations_per_hour"],
      ["hours-escalations", "escalations_per_hour"],
      ["hours-waits", "avg_wait_ms"],
    ] as const) {
      const figure = new RegExp(`<figure[^>]*id="${id}">[\\s\\S]*?</figure>`).exec(report)?.[0] ?? "";
      expect(figure.match(/<title>/g), id).toHaveLength(7 * 24);
      const rows = [...(/<tbody>([\s\S]*?)<\/tbody>/.exec(figure)?.[1] ?? "").matchAll(/<tr>([\s\S]*?)<\/tr>/g)];
      expect(rows).toHaveLength(24);
      for (const [hour, [, row]] of rows.entries()) {
        const cells = [...(row as string).matchAll(/<td>(?:<a [^>]*>)?([^<]*)(?:<\/a>)?<\/td>/g)].map(
          ([, text]) => text as string,
        );
        for (const [place, text] of cells.entries()) {
          const value: number | null = hours[place * 24 + hour][metric];
          expect([hour, place, text === "—"]).toEqual([hour, place, value === null]);
          if (metric !== "avg_wait_ms") expect(Math.abs(Number(text) - (value ?? 0))).toBeLessThan(0.0501);
          const line = csv.find((one) => one.startsWith(`2025-12,${metric},weekday=${place + 1} hour=${hour},`));
          expect(line?.split(",")[3]).toBe(value === null ? undefined : String(value));
        }
      }
    }
    // One of the three is open, and one opens at a time, without a script.
    expect(report.match(/<details name="hours" open>/g)).toHaveLength(1);
    expect(report.match(/<details name="hours" *>/g)).toHaveLength(2);
  });

  test("is marked as sample data, in every language and file", async () => {
    expect(await page("/report?month=2025-12&lang=en")).toContain("Sample data");
    expect(await page("/?lang=zh-CN")).toContain("样例数据");
    expect(await page("/report.csv?month=2025-12&lang=zh-CN")).toContain("note,样例数据");
  });

  test("of a month without data says so and draws nothing", async () => {
    const report = await page("/report?month=2024-02&lang=en");
    expect(report).toContain("Nothing was counted in this month.");
    expect(report).toContain("No data this month");
    expect(report).not.toContain('wide-drawing" viewBox');
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("the months page links every month that has numbers", async () => {
    const months = await page("/?lang=en");
    expect(months).toContain('href="/report?month=2025-12&amp;lang=en"');
    expect(months).toContain('href="/report?month=2025-11&amp;lang=en"');
    expect(months).not.toContain("month=2025-10");
  });

  test.each([
    ["/report?month=2025-13", 400, "2025-13"],
    ["/report?month=%3Cscript%3Ealert(1)%3C/script%3E", 400, "&lt;script&gt;"],
    ["/report/sessions/nobody", 404, "nobody"],
    ["/report/events?month=2025-12&of=everything", 400, "everything"],
    ["/report/events?month=2025-12&lang=en", 400, "There is no list"],
    ["/report/events?month=2025-13&of=sessions_handled", 400, "2025-13"],
    ["/report/events?month=2025-12&of=sessions_handled&agent=seven", 400, "seven"],
    ["/report/events?month=2025-12&of=order_queries_failed&agent=7&lang=en", 400, "belong to no agent"],
    ["/report/events?month=2025-12&of=sessions_handled&after=1_2", 400, "1_2"],
    ["/report/agents/nobody", 404, "nobody"],
    ["/report/agents/1?month=2025-13", 400, "2025-13"],
    ["/report/tickets/2147483648", 404, "2147483648"],
    ["/report/tickets/77?lang=en", 404, "There is no ticket 77"],
    ["/report/sessions?month=2025-12&of=everything", 400, "everything"],
    ["/report/charts/nothing.png?month=2025-12", 404, "picture_not_found"],
    ["/shared/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 404, "share_not_found"],
  ])("%s is a page with %i that says what was wrong", async (path, status, words) => {
    const response = await get(path);
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(text).toContain(words);
    expect(text).not.toContain("<script>");
  });

  test.each([
    ["/report?month=2025-13", 400, "“2025-13”不是月份"],
    ["/report/events?month=2025-12&of=everything", 400, "没有名为“everything”的列表"],
    ["/report/events?month=2025-12&of=sessions_handled&after=1_2", 400, "“1_2”不是此列表中的位置"],
    ["/report/events?month=2025-12&of=order_queries_failed&agent=7", 400, "不属于任何坐席"],
    ["/report/sessions/nobody", 404, "没有会话“nobody”"],
    ["/report/agents/nobody", 404, "“nobody”不是坐席编号"],
    ["/report/tickets/77", 404, "没有工单 77"],
    ["/report/charts/nothing.png?month=2025-12", 404, "没有这张图"],
    ["/shared/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 404, "此链接无效"],
    ["/no/such/page", 404, "此地址没有页面"],
    ["/api/analytics/summary?month=2025-13", 400, "“2025-13”不是月份"],
  ])("%s is refused in the reader's language", async (path, status, words) => {
    const asked = await fetch(`${receiver.url}${path}${path.includes("?") ? "&" : "?"}lang=zh-CN`, {
      headers: { accept: "text/html" },
    });
    const text = await asked.text();
    expect(asked.status).toBe(status);
    expect(text).toContain('<html lang="zh-CN">');
    expect(text).toContain(words);
    expect(text).not.toContain("<p>there is no");
  });

  test.each([
    "utm_source=newsletter&from=singlemessage&isappinstalled=0",
    "x=%3Cscript%3E",
    "x[]=1&__proto__=2&constructor=3",
    "lang=fr",
    "lang=en&locale=zh-CN",
    "month=2025-11",
    "lang=en&lang=zh-CN",
  ])("what else stands in the address never refuses a page: %s", async (added) => {
    for (const path of ["/report", "/report/sessions", "/report/events", "/report/tickets"]) {
      const list = {
        "/report/sessions": "&of=total_sessions",
        "/report/events": "&of=sessions_handled",
        "/report/tickets": "&of=ticket_backlog",
      }[path];
      const answer = await get(`${path}?month=2025-12${list ?? ""}&${added}`);
      expect(answer.status, path).toBe(200);
      expect(await answer.text(), path).toMatch(/2025年12月|December 2025/);
    }
    for (const path of ["/", "/live"]) expect((await get(`${path}?${added}`)).status, path).toBe(200);
  });

  test("a program gets JSON from the addresses at which a person gets a page", async () => {
    for (const path of ["/no/such/page", "/api/analytics/summary?month=2025-13", "/api/analytics/nothing"]) {
      const asked = (accept: string) => fetch(receiver.url + path, { headers: { accept } });
      expect(await (await asked("application/json")).json(), path).toHaveProperty("error.code");
      expect(await (await asked("*/*")).json(), path).toHaveProperty("error.code");
      const page = await asked("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
      expect(page.headers.get("content-type"), path).toBe("text/html; charset=utf-8");
      expect(page.headers.get("content-security-policy"), path).toContain("default-src 'none'");
    }
  });
});

/** A PDF with what is compressed in it beside it. */
function plainPdf(bytes: Buffer): string {
  const parts = [bytes.toString("latin1")];
  for (const { index, 0: word } of (parts[0] as string).matchAll(/stream\r?\n/g)) {
    try {
      parts.push(inflateSync(bytes.subarray(index + word.length)).toString("latin1"));
    } catch {
      // A picture or a font as it is.
    }
  }
  return parts.join("\n");
}

describe("the files", () => {
  test("CSV begins with a byte order mark and has a number a row: figures, both sides of comparisons, segments", async () => {
    const study: any = await (await get("/api/analytics/case-study?month=2025-12&lang=en")).json();
    const response = await get("/report.csv?month=2025-12&lang=en");
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = bytes.toString("utf8").split("\r\n");
    expect(lines[0]).toBe("\ufeffperiod,metric,segment,value,unit,numerator,denominator");
    for (const key of ["total_sessions", "ai_resolution_rate", "sla_met_rate", "estimated_cost_saved"]) {
      const { value, numerator, denominator, unit } = study.metrics[key];
      const parts = [value, unit === "currency" ? "CNY" : unit, numerator, denominator ?? ""].join(",");
      expect(lines).toContain(`2025-12,${key},,${parts}`);
      expect(lines.some((line) => line.startsWith(`2025-11,${key},,${study.metrics[key].previous?.value ?? ""}`))).toBe(
        true,
      );
    }
    const sumOf = (start: string): number =>
      lines.filter((line) => line.startsWith(start)).reduce((sum, line) => sum + Number(line.split(",")[3]), 0);
    expect(sumOf("2025-12,sessions_handled,agent=")).toBe(study.metrics.sessions_handled.value);
    expect(sumOf("2025-12,responses_timed,response_time=")).toBe(study.metrics.responses_timed.value);
    expect(lines.some((line) => line.startsWith("2025-12,escalations,reason=unhelpful_answers,"))).toBe(true);
    expect(lines.every((line) => line === "" || line.split('"')[0]?.split(",")[0] !== "")).toBe(true);
  });

  test("CSV by day has each metric of each day, and they add up to the month", async () => {
    const study: any = await (await get("/api/analytics/case-study?month=2025-12&lang=en")).json();
    const response = await get("/report.csv?month=2025-12&by=day");
    expect(response.headers.get("content-disposition")).toContain("spanledger-2025-12-by-day.csv");
    const [head = "", ...lines] = (await response.text()).trimEnd().split("\r\n");
    const columns = head.replace("\ufeff", "").split(",");
    const rows = lines.map((line) =>
      Object.fromEntries(line.split(",").map((cell, i): [string, string] => [columns[i] as string, cell])),
    );
    for (const key of ["total_sessions", "ai_resolved_sessions", "tickets_created", "agent_messages_sent"]) {
      const ofKey = rows.filter(({ metric }) => metric === key);
      expect(new Set(ofKey.map(({ period }) => period)).size, key).toBe(31);
      expect(
        ofKey.reduce((sum, row) => sum + Number(row["value"]), 0),
        key,
      ).toBe(study.metrics[key].value);
    }
    const rates = rows.filter(({ metric, value }) => metric === "ai_resolution_rate" && value !== "");
    for (const { value, unit, numerator, denominator } of rates) {
      expect(unit).toBe("percent");
      expect(Number(value)).toBeCloseTo((100 * Number(numerator)) / Number(denominator), 4);
    }
  });

  test.each([
    ["de-DE,de;q=0.9,en;q=0.8", ";", ","],
    ["fr", ";", ","],
    ["zh-CN,zh;q=0.9", ",", "."],
    ["en-GB", ",", "."],
    ["*", ",", "."],
    ["not a language;;;", ",", "."],
  ])("CSV is separated as programs of the reader's region split it: %s", async (languages, separator, decimal) => {
    for (const by of ["", "&by=day"]) {
      const answer = await fetch(`${receiver.url}/report.csv?month=2025-12${by}`, {
        headers: { "accept-language": languages },
      });
      const [heads = "", ...lines] = (await answer.text()).split("\r\n");
      expect(heads.split(separator)).toHaveLength(7);
      const rate = lines.find((line) => line.split(separator)[1] === "ai_resolution_rate") ?? "";
      const value = separator === ";" ? rate.split(";")[3]?.replaceAll('"', "") : rate.split(",")[3];
      expect(value).toMatch(new RegExp(`^\\d+\\${decimal}\\d+$`));
    }
  });

  test.each(["zh-CN", "en"])("PDF with its fonts embedded (%s)", async (lang) => {
    for (const month of ["2025-12", "2024-02"]) {
      const response = await get(`/report.pdf?month=${month}&lang=${lang}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get("content-type")).toBe("application/pdf");
      expect(bytes.subarray(0, 5).toString("latin1")).toBe("%PDF-");
      expect(bytes.length).toBeGreaterThan(20_000);
      const text = plainPdf(bytes);
      const descriptors = text.match(/\/Type\s*\/FontDescriptor\b/g) ?? [];
      expect(descriptors.length).toBeGreaterThanOrEqual(2);
      expect(text.match(/\/FontFile[23]?\s/g)).toHaveLength(descriptors.length);
      for (const [, name] of text.matchAll(/\/FontName\s*\/(?:[A-Z]{6}\+)?([^\s/>]+)/g))
        expect(name).toContain("NotoSansSC");
      // The glyphs of the words are in it: a font without them would draw boxes. "月" and "R", as a viewer copies them.
      for (const character of lang === "en" ? ["0052"] : ["6708", "62A5"]) expect(text).toContain(`<${character}>`);
    }
  });

  const pictures = new Map<string, string>();
  test.each(chartIds)("a picture of the chart %s", async (chart) => {
    const response = await get(`/report/charts/${chart}.png?month=2025-12`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(200);
    expect(bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
    expect(bytes.readUInt32BE(16)).toBe(1600);
    // Of this chart, and of no other.
    const hash = createHash("sha256").update(bytes).digest("hex");
    expect(pictures.get(hash)).toBeUndefined();
    pictures.set(hash, chart);
  });
});

describe("the path back", () => {
  test.each(sessionListNames)("the list behind %s is as long as its counter", async (list) => {
    const study: any = await (await get("/api/analytics/case-study?month=2025-12")).json();
    const ids = new Set<string>();
    let path: string | undefined = `/report/sessions?month=2025-12&of=${list}&lang=en`;
    while (path !== undefined) {
      const text: string = await page(path);
      for (const [, id] of text.matchAll(/<a href="\/report\/sessions\/([^"?]+)/g)) ids.add(id as string);
      path = /href="([^"]+)"\s*>Next page/.exec(text)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(ids.size).toBe(study.metrics[list].value);
  });

  test("a session shows its events in order, with links into the tracing UI and without message texts", async () => {
    const { rows } = await receiver.database.pool.query(
      "select session_id, trace_id from analytics_events where event_name = 'session.escalate' and trace_id is not null limit 1",
    );
    const { rows: any } = await receiver.database.pool.query(
      "select session_id from analytics_events where event_name = 'session.escalate' limit 1",
    );
    const id = (rows[0] ?? any[0]).session_id as string;
    await receiver.database.pool.query(
      "update analytics_events set event_data = event_data || '{\"note\": \"my address is\"}', trace_id = repeat('ab', 16) where session_id = $1",
      [id],
    );
    const text = await page(`/report/sessions/${id}?lang=en`);
    expect(text).toContain("session.start");
    expect(text.indexOf("session.start")).toBeLessThan(text.indexOf("session.escalate"));
    expect(text).toContain(`https://tracing.example/trace/${"ab".repeat(16)}`);
    expect(text).toContain("not shown: note");
    expect(text).not.toContain("my address is");
  });
});

describe("a shared copy", () => {
  const reader = () => ({ pool: receiver.database.pool, now: Date.now });
  const freeze = (least: number, month = "2025-12") =>
    freezeReport(
      reader(),
      "default",
      { month },
      { least, expiresAt: new Date(Date.now() + 86_400_000), sampleData: true },
    );

  test("stays as it was, shows nothing else, and is gone when revoked or expired", async () => {
    const { pages, files } = await freeze(2);
    const share = { tenantId: "default", month: "2025-12", pages, files, expiresAt: new Date(Date.now() + 86_400_000) };
    const { token, tokenHash, id } = await storeShare(receiver.database.pool, share);
    const shown = await page(`/shared/${token}?lang=en`);
    expect(shown).toBe(pages.en);
    expect(await page(`/shared/${token}?lang=zh-CN`)).toBe(pages["zh-CN"]);
    expect(shown).not.toMatch(/href="\/(report|api|live)/);
    const { rows } = await receiver.database.pool.query(
      "select row_to_json(s)::text as row from analytics_report_shares s",
    );
    expect(rows.map(({ row }) => row).join()).not.toContain(token);

    const later = Date.now() + 2 * 86_400_000;
    expect(await readSharedPage(receiver.database.pool, tokenHash, "en", later)).toBeNull();
    expect(await revokeShare(receiver.database.pool, id)).toBe(true);
    expect(await revokeShare(receiver.database.pool, id)).toBe(false);
    expect((await get(`/shared/${token}`)).status).toBe(404);
    expect((await listShares(receiver.database.pool))[0]).toMatchObject({ id, month: "2025-12" });
  });

  test("has its files, frozen with it, in both languages; each is gone with the link", async () => {
    const frozen = await freeze(10);
    const expiresAt = new Date(Date.now() + 86_400_000);
    const { token, tokenHash, id } = await storeShare(receiver.database.pool, {
      tenantId: "default",
      month: "2025-12",
      ...frozen,
      expiresAt,
    });
    const shown = await page(`/shared/${token}?lang=en`);
    const links = [...shown.matchAll(/href="(\?[^"]+)"/g)].map(([, href]) => href?.replaceAll("&amp;", "&") as string);
    const names = links.flatMap((href) => new URLSearchParams(href).get("file") ?? []);
    expect(names).toEqual(
      expect.arrayContaining(["report.pdf", "report.csv", "report.json", "sessions.png", "response-times.png"]),
    );
    for (const lang of ["en", "zh-CN"]) {
      for (const name of names) {
        const answer = await get(`/shared/${token}?file=${name}&lang=${lang}`);
        expect([name, answer.status]).toEqual([name, 200]);
        expect(answer.headers.get("content-disposition")).toContain(`spanledger-2025-12-${lang}-${name}`);
        expect(answer.headers.get("cache-control")).toContain("no-store");
        const { content } = frozen.files.find((file) => file.locale === lang && file.name === name) as FrozenFile;
        expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), content)).toBe(0);
      }
    }
    const json: any = await (await get(`/shared/${token}?file=report.json&lang=en`)).json();
    expect(json).toMatchObject({ month: "2025-12", least_group: 10, period: "December 2025" });
    expect((await get(`/shared/${token}?file=../report.pdf`)).status).toBe(404);
    expect((await get(`/shared/${token}?file=report.exe`)).status).toBe(404);

    const pool = receiver.database.pool;
    expect(
      await readSharedFile(pool, tokenHash, { locale: "en", name: "report.csv" }, Date.now() + 2 * 86_400_000),
    ).toBeNull();
    expect(await revokeShare(pool, id)).toBe(true);
    for (const query of ["", "?file=report.pdf", "?file=report.csv", "?file=report.json", "?file=sessions.png"]) {
      const answer = await get(`/shared/${token}${query}`);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain("已过期或已被撤销");
    }
    const { rows } = await pool.query(
      "select count(*)::int as files from analytics_report_share_files join analytics_report_shares using (tenant_id, token_hash) where revoked_at is not null",
    );
    expect(rows[0].files).toBe(0);
  });

  test("wrong, expired and revoked links have one answer, in the language of the reader", async () => {
    const frozen = await freeze(10);
    const { token } = await storeShare(receiver.database.pool, {
      tenantId: "default",
      month: "2025-12",
      ...frozen,
      expiresAt: new Date(Date.now() - 1_000),
    });
    const bodyOf = async (path: string): Promise<string> => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      return answer.text();
    };
    const never = await bodyOf(`/shared/${"A".repeat(32)}?lang=en`);
    expect(await bodyOf(`/shared/${token}?lang=en`)).toBe(never);
    expect(await bodyOf("/shared/short?lang=en")).toBe(never);
    expect(never).toContain("This link does not work: it is wrong, has expired or was revoked.");
    expect(await bodyOf(`/shared/${token}?lang=zh-CN`)).toContain("此链接无效");
  });

  test.each(["en", "zh-CN"] as const)("withholds the same in CSV, JSON and PDF as on its page (%s)", async (lang) => {
    const study: any = await (await get(`/api/analytics/case-study?month=2025-12&lang=${lang}`)).json();
    const least = study.metrics.sessions_handled.value + 1;
    const frozen = await freeze(least);
    const textOf = (name: string): string =>
      (frozen.files.find((file) => file.locale === lang && file.name === name) as FrozenFile).content.toString("utf8");
    const withheld = lang === "en" ? "withheld" : "不予显示";
    const json = JSON.parse(textOf("report.json"));
    const figures: any[] = json.groups.flatMap((group: any) => group.figures);
    const lines = textOf("report.csv").split("\r\n");
    for (const { key, state, ...figure } of figures) {
      const card = new RegExp(`<article[^>]*id="${key}">[\\s\\S]*?</article>`).exec(frozen.pages[lang])?.[0] ?? "";
      const line = lines.find((one) => one.includes(`,${key},`)) ?? "";
      expect([key, card.includes(`>${withheld}<`)]).toEqual([key, state === "withheld"]);
      if (state !== "withheld") continue;
      expect(figure).not.toHaveProperty("value");
      expect(figure).not.toHaveProperty("numerator");
      // The unit, and neither the value nor what it was made of.
      expect(line).toMatch(new RegExp(`^2025-12,${key},,,[A-Za-z]+,,$`));
      expect(lines.filter((one) => one.includes(`,${key},,`))).toHaveLength(1);
    }
    const stateOf = (key: string): string => figures.find((figure) => figure.key === key).state;
    for (const key of ["sessions_handled", "avg_handle_time_sec", "transfer_rate"]) {
      expect([key, stateOf(key)]).toEqual([key, "withheld"]);
    }
    expect(stateOf("total_sessions")).toBe("known");
    // Of figures of operations it is not known on how many the ones before rested: nothing is said of a change.
    const durable =
      /<article[^>]*id="ai_resolution_durable_rate">[\s\S]*?<\/article>/.exec(frozen.pages[lang])?.[0] ?? "";
    expect(durable).not.toContain('class="change"');
    expect(json.story).toBeNull();
    expect(textOf("report.csv")).not.toContain(study.summary.slice(0, 40));
    expect(frozen.files.some(({ name }) => name === "agents.png")).toBe(false);
    const { rows } = await receiver.database.pool.query(
      "select distinct agent_name from analytics_agent_metrics where agent_name is not null",
    );
    for (const { agent_name: name } of rows) {
      expect(textOf("report.csv") + textOf("report.json")).not.toContain(name);
    }
  });

  test("has no segments and no annotations: a row may rest on few, and notes are for those who work here", async () => {
    const frozen = await freezeReport(
      { pool: receiver.database.pool, now: Date.now },
      "default",
      { month: "2025-12" },
      { least: 2, expiresAt: new Date(Date.now() + 86_400_000), sampleData: false },
    );
    const own = await page("/report?month=2025-12&lang=en");
    const copy = frozen.pages.en;
    for (const text of ["Conversations by channel", "Marked: "]) {
      expect([text, own.includes(text), copy.includes(text)]).toEqual([text, true, false]);
    }
  });

  test("names no agent", async () => {
    const { rows } = await receiver.database.pool.query(
      "select distinct agent_name from analytics_agent_metrics where agent_name is not null",
    );
    expect(rows.length).toBeGreaterThan(1);
    const report = await page("/report?month=2025-12&lang=en");
    const { en } = (await freeze(2)).pages;
    for (const { agent_name: name } of rows) {
      expect(report).toContain(name);
      expect(en).not.toContain(name);
    }
  });

  test("withholds what rests on few, and then tells no story", async () => {
    const study: any = await (await get("/api/analytics/case-study?month=2025-12&lang=en")).json();
    const handled: number = study.metrics.sessions_handled.value;
    const { en } = (await freeze(handled + 1)).pages;
    const card = (key: string) => new RegExp(`<article[^>]*id="${key}">[\\s\\S]*?</article>`).exec(en)?.[0] ?? "";
    for (const key of ["sessions_handled", "avg_handle_time_sec", "transfer_rate"]) {
      expect(card(key)).toContain("withheld");
      // The month before rests on enough, and its figure may read alike.
      const other = /November 2025<\/th>\s*<td>[^<]*/;
      expect(card(key).replace(other, "")).not.toContain(study.metrics[key].formatted);
    }
    expect(card("total_sessions")).toContain(study.metrics.total_sessions.formatted);
    expect(en).toContain("No text in this shared copy");
    expect(en).not.toContain(study.summary);
    const chart = /<figure[^>]*id="agents">[\s\S]*?<\/figure>/.exec(en)?.[0] ?? "";
    expect(chart).toContain("Withheld");
    expect(chart).not.toContain("<svg");
  });
});
