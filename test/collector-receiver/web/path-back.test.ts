import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventLists, eventListNames, eventListsOf } from "../../../collector-receiver/src/stats/lists/event-lists.ts";
import type { EventListDefinition } from "../../../collector-receiver/src/stats/lists/event-lists.ts";
import { eventListSql } from "../../../collector-receiver/src/stats/sql/read-event-list.ts";
import { describeTicket } from "../../../collector-receiver/src/web/events/describe-ticket.ts";
import { ticketListNames, ticketListOf } from "../../../collector-receiver/src/stats/lists/ticket-lists.ts";
import { figureKeys } from "../../../collector-receiver/src/web/report/report-figures.ts";
import { sessionListOf } from "../../../collector-receiver/src/stats/lists/session-lists.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startSampleReceiver } from "./sample-receiver.ts";
import type { SampleReceiver } from "./sample-receiver.ts";

let receiver: SampleReceiver;
beforeAll(async () => {
  receiver = await startSampleReceiver("2025-11-20", "2025-12-12", {
    TRACE_URL_TEMPLATE: "https://tracing.example/trace/{trace_id}",
  });
  // More than a page of everything, a look-up that failed, and test events, which no list may show.
  const atMs = Date.UTC(2025, 11, 8, 4);
  const many = Array.from({ length: 230 }, (_, i) => [
    { name: "agent.session_message", attributes: { agent_id: 1, session_id: `s-many-${i}` }, atMs: atMs + i },
    {
      name: "ticket.closed",
      attributes: { ticket_id: 900 + i, agent_id: 1, resolution_duration_hours: 3, sla_met: i % 2 === 0 },
      atMs: atMs + i,
    },
    { name: "query.order", attributes: { session_id: `s-many-${i}`, success: i > 3 }, atMs: atMs + i },
  ]).flat();
  // As many of no two kinds: a list of the wrong kind would be as long otherwise.
  const uneven = ["agent.session_takeover", "agent.session_release", "agent.session_transfer", "agent.logout"].flatMap(
    (name, kind) =>
      Array.from({ length: 3 ** kind }, (_, i) => ({
        name,
        attributes: { agent_id: 2, session_id: `s-uneven-${i}` },
        atMs: atMs + i,
      })),
  );
  const tests = ["agent.login", "agent.session_takeover", "agent.session_message"].map((name) => ({
    name,
    attributes: { agent_id: 1, session_id: "s-of-a-test", test: true },
    atMs,
  }));
  const answer = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tracesWith([...many, ...uneven, ...tests]),
  });
  if (answer.status !== 200) throw new Error(`the events were answered with ${answer.status}`);
}, 120_000);
afterAll(() => receiver.stop());

const page = async (path: string): Promise<string> => {
  const response = await fetch(receiver.url + path);
  const text = await response.text();
  expect(response.status, text.slice(0, 500)).toBe(200);
  return text;
};

/** Every row of a list, page after page; `rows` are the rows' markup. */
async function walk(first: string): Promise<{ rows: string[]; pages: number }> {
  const rows: string[] = [];
  let pages = 0;
  for (let path: string | undefined = first; path !== undefined; pages++) {
    const text: string = await page(path);
    rows.push(...[...(/<tbody>([\s\S]*)<\/tbody>/.exec(text)?.[1]?.split("</tr>").slice(0, -1) ?? [])]);
    path = /href="([^"]+)"\s*>Next page/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }
  return { rows, pages };
}

/** Events of the lists that no counter of the dictionary is held against. */
const uncounted: Readonly<Record<string, readonly [string, boolean | undefined]>> = {
  agent_logouts: ["agent.logout", undefined],
  agent_status_changes: ["agent.status_change", undefined],
  tickets_sla_missed: ["ticket.closed", false],
};

describe("from a figure to its events", () => {
  test.each(eventListNames)(
    "the list %s is as long as what was counted, page by page, without test events",
    async (list) => {
      const { event, counter, when }: EventListDefinition = eventLists[list];
      const { rows, pages } = await walk(`/report/events?month=2025-12&of=${list}&lang=en`);
      const { rows: stored } = await receiver.database.pool.query(
        `select count(*)::int as events from analytics_events
       where event_name = $1 and occurred_at >= '2025-12-01T00:00+08' and occurred_at < '2026-01-01T00:00+08'
         and ($2::text is null or event_data -> $2 = to_jsonb($3::boolean)) and not coalesce((event_data ->> 'test')::boolean, false)`,
        [event, when?.attribute ?? null, when?.is ?? null],
      );
      expect(rows.length).toBe(stored[0].events);
      expect(rows.length).toBeGreaterThan(0);
      expect(pages).toBe(Math.max(1, Math.ceil(rows.length / 100)));
      expect(rows.join()).not.toContain("s-of-a-test");
      if (counter === null) {
        expect([list, event, when?.is]).toEqual([list, ...(uncounted[list] ?? [])]);
        return;
      }
      const study: any = await (await fetch(`${receiver.url}/api/analytics/case-study?month=2025-12`)).json();
      expect(rows.length).toBe(study.metrics[counter].value);
    },
  );

  test.each(eventListNames)("a page of %s is read through its index: as many rows as it shows", async (list) => {
    for (const ofAgent of [false, true]) {
      if (ofAgent && eventLists[list].by === "miss") continue;
      const client = await receiver.database.pool.connect();
      try {
        // Whether autovacuum has come by already must not decide.
        await client.query("analyze analytics_events");
        await client.query("begin");
        // The planner may not choose a scan of a small table: what is asked is whether an index serves the statement.
        await client.query(
          "set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off",
        );
        const sql = eventListSql(list, ofAgent);
        const { rows } = await client.query(`explain (analyze, format json, timing off) ${sql}`, [
          "default",
          "2025-11-30T16:00:00Z",
          "2025-12-31T16:00:00Z",
          "1970-01-01T00:00:00Z",
          "00000000-0000-0000-0000-000000000000",
          11,
          ...(ofAgent ? [1] : []),
        ]);
        await client.query("rollback");
        const plan = rows[0]["QUERY PLAN"][0].Plan;
        const scans = scansOf(plan);
        expect(scans.map((scan) => scan["Node Type"])).not.toContain("Seq Scan");
        const read = scans.filter((scan) => scan["Actual Loops"] > 0);
        const removed = read.reduce((sum, scan) => sum + (scan["Rows Removed by Filter"] ?? 0), 0);
        expect({ list, ofAgent, removed }).toEqual({ list, ofAgent, removed: 0 });
        expect(read.reduce((sum, scan) => sum + scan["Actual Rows"], 0)).toBeLessThanOrEqual(11);
      } finally {
        client.release();
      }
    }
  });

  test.each(ticketListNames)("the list of tickets %s is as long as its figure, page by page", async (list) => {
    const atMs = Date.UTC(2025, 11, 9, 4);
    const open = Array.from({ length: 120 }, (_, i) => [
      { name: "ticket.created", attributes: { ticket_id: 5_000 + i }, atMs },
      ...(i % 3 === 0
        ? [{ name: "ticket.assigned", attributes: { ticket_id: 5_000 + i, to_agent_id: 1 }, atMs: atMs + 1 }]
        : []),
      ...(i % 10 === 0
        ? [
            {
              name: "ticket.closed",
              attributes: { ticket_id: 5_000 + i, resolution_duration_hours: 1, sla_met: true },
              atMs: atMs + 2,
            },
            {
              name: "ticket.status_changed",
              attributes: { ticket_id: 5_000 + i, from_status: "closed", to_status: "open" },
              atMs: atMs + 3,
            },
          ]
        : []),
    ]).flat();
    const headers = { "content-type": "application/json" };
    await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: tracesWith(open) });
    const documents = ["operations", "case-study"].map(async (name): Promise<any> => {
      const answer = await fetch(`${receiver.url}/api/analytics/${name}?month=2025-12`);
      return answer.json();
    });
    const [operations, caseStudy] = await Promise.all(documents);
    const { rows, pages } = await walk(`/report/tickets?month=2025-12&of=${list}&lang=en`);
    expect(rows.length).toBe({ ...caseStudy.metrics, ...operations.metrics }[list].value);
    expect(rows.length).toBeGreaterThan(0);
    expect(pages).toBe(Math.ceil(rows.length / 100));
    const first = /href="([^"]+)"/.exec(rows[0] as string)?.[1]?.replaceAll("&amp;", "&");
    expect(await page(first as string)).toMatch(/ticket\.(created|closed)/);
    expect(await page("/report?month=2025-12&lang=en")).toContain(`/report/tickets?month=2025-12&amp;of=${list}`);
  });

  test("those of one agent add up to the agent's own figures", async () => {
    const agents: any = await (await fetch(`${receiver.url}/api/analytics/agents?month=2025-12`)).json();
    const one = agents.agents.find(({ agent_id: id }: any) => id === 1);
    for (const list of ["sessions_handled", "agent_messages_sent", "agent_logins", "tickets_closed"] as const) {
      const { rows } = await walk(`/report/events?month=2025-12&of=${list}&agent=1&lang=en`);
      expect([list, rows.length]).toEqual([list, one.metrics[list].value]);
    }
    const { rows: missed } = await walk("/report/events?month=2025-12&of=tickets_sla_missed&agent=1&lang=en");
    expect(missed.length).toBe(one.metrics.tickets_closed.value - one.metrics.tickets_sla_met.value);
  });

  test("the report leads there from every figure of the workbench, of tickets and of sessions", async () => {
    const report = await page("/report?month=2025-12&lang=en");
    const { ai_chatbot, agent_workbench, tickets } = figureKeys;
    for (const key of [...ai_chatbot, ...agent_workbench, ...tickets]) {
      const card = new RegExp(`<article[^>]*id="${key}">[\\s\\S]*?</article>`).exec(report)?.[0] ?? "";
      const hrefs = [...card.matchAll(/<a href="([^"]+)"/g)].map(([, href]) => href?.replaceAll("&amp;", "&"));
      expect([key, hrefs]).toEqual([
        key,
        [
          ...(sessionListOf(key) === null ? [] : [`/report/sessions?month=2025-12&of=${sessionListOf(key)}&lang=en`]),
          ...(ticketListOf(key) === null ? [] : [`/report/tickets?month=2025-12&of=${ticketListOf(key)}&lang=en`]),
          ...eventListsOf(key).map((list) => `/report/events?month=2025-12&of=${list}&lang=en`),
        ],
      ]);
      expect(hrefs.length, key).toBeGreaterThan(0);
      for (const href of hrefs) await page(href as string);
    }
  });
});

function scansOf(plan: any): any[] {
  return [...(String(plan["Node Type"]).includes("Scan") ? [plan] : []), ...(plan.Plans ?? []).flatMap(scansOf)];
}

describe("from an event onwards", () => {
  test("a takeover leads to its agent, its session and its trace", async () => {
    const list = await page("/report/events?month=2025-12&of=sessions_handled&lang=en");
    const row = /<tbody>\s*(<tr>[\s\S]*?<\/tr>)/.exec(list)?.[1] ?? "";
    const hrefs = [...row.matchAll(/<a\s+href="([^"]+)"/g)].map(([, href]) => href?.replaceAll("&amp;", "&") as string);
    expect(hrefs[0]).toMatch(/^\/report\/agents\/\d+\?month=2025-12&lang=en$/);
    expect(hrefs[1]).toMatch(/^\/report\/sessions\/s-/);
    expect(hrefs[2]).toMatch(/^https:\/\/tracing\.example\/trace\/[0-9a-f]{32}$/);
    expect(await page(hrefs[1] as string)).toContain("agent.session_takeover");
    expect(await page(hrefs[0] as string)).toContain("/report/events?month=2025-12&amp;of=sessions_handled&amp;agent=");
  });

  test("a ticket shows its events in order with what they say, and leads to its session", async () => {
    const { rows } = await receiver.database.pool.query(
      `select ticket_id, count(*)::int as events from analytics_events where ticket_id is not null
       group by ticket_id having bool_or(event_name = 'ticket.closed') and bool_or(event_name = 'ticket.created') limit 1`,
    );
    const text = await page(`/report/tickets/${rows[0].ticket_id}?lang=en`);
    const table = /<tbody>([\s\S]*)<\/tbody>/.exec(text)?.[1] ?? "";
    expect(table.split("</tr>").length - 1).toBe(rows[0].events);
    expect(table.indexOf("ticket.created")).toBeLessThan(table.indexOf("ticket.closed"));
    expect(text).toContain("Resolution time");
    expect(text).toMatch(/<dd>(met|missed)<\/dd>/);
  });

  test("an agent's page shows the agent's own figures, or says that there are none", async () => {
    const agents: any = await (await fetch(`${receiver.url}/api/analytics/agents?month=2025-12&locale=en`)).json();
    const one = agents.agents.find(({ agent_id: id }: any) => id === 1);
    const text = await page("/report/agents/1?month=2025-12&lang=en");
    expect(text).toContain(`<h1>${one.agent_name}</h1>`);
    for (const [key, { formatted }] of Object.entries<any>(one.metrics)) {
      expect([key, new RegExp(`id="${key}">[\\s\\S]*?<p class="value[^"]*">([^<]*)`).exec(text)?.[1]]).toEqual([
        key,
        formatted,
      ]);
    }
    expect(await page("/report/agents/4711?month=2025-12&lang=en")).toContain("This agent did nothing in this period.");
  });

  test("texts that somebody wrote are named, never shown; nor is the customer", async () => {
    await receiver.database.pool.query(
      `update analytics_events set event_data = event_data || '{"note": "my address is", "user_id": "u-secret"}'
       where event_name = 'agent.session_takeover'`,
    );
    const list = await page("/report/events?month=2025-12&of=sessions_handled&lang=en");
    expect(list).toContain("not shown: note");
    expect(list).not.toContain("my address is");
    expect(list).not.toContain("u-secret");
  });

  test("where events are gone by retention, the list says from when on they are kept", async () => {
    const path = "/report/events?month=2025-12&of=sessions_handled&lang=en";
    expect(await page(path)).not.toContain("gone by retention");
    await receiver.database.pool.query("update analytics_settings set retained_from = '2026-01-01T00:00+08'");
    expect(await page(path)).toContain("Events before January 1 at 00:00 are gone by retention.");
    await receiver.database.pool.query("update analytics_settings set retained_from = null");
  });
});

describe("what a ticket's events say of it", () => {
  const event = (name: string, at: string, attributes: Record<string, unknown> = {}): any => ({
    event_id: at,
    event_name: name,
    occurred_at: at,
    attributes,
    agent_id: 7,
    session_id: null,
  });
  const created = event("ticket.created", "2025-12-01T00:00:00.000Z");
  const closed = event("ticket.closed", "2025-12-01T04:00:00.000Z", { resolution_duration_hours: 4, sla_met: false });
  test.each([
    ["only created", [created], { closedAtMs: null, slaMet: null }],
    [
      "closed",
      [created, closed],
      { closedAtMs: Date.UTC(2025, 11, 1, 4), slaMet: false, resolutionHours: 4, closedBy: 7 },
    ],
    [
      "opened again",
      [created, closed, event("ticket.status_changed", "2025-12-02T00:00:00.000Z", { to_status: "open" })],
      { closedAtMs: null },
    ],
  ])("%s", (_, events, facts) => {
    const kinds = new Map([
      ["2025-12-01T04:00:00.000Z", "closed"],
      ["2025-12-02T00:00:00.000Z", "reopened"],
    ] as const);
    expect(describeTicket(events, kinds)).toMatchObject(facts);
  });
});
