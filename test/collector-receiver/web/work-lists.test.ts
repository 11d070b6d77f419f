import { expect, test } from "vitest";
import { tracesWith } from "../../support/otlp-json.ts";
import type { WireEvent } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const dayMs = Date.UTC(2025, 11, 8, 4);
const minute = 60_000;

async function startReceiverWith(events: readonly WireEvent[]) {
  const receiver = await startTestReceiver();
  const answer = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tracesWith(events),
  });
  expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
  const get = async (path: string): Promise<string> => {
    const response = await fetch(receiver.url + path);
    const text = await response.text();
    expect(response.status, text.slice(0, 400)).toBe(200);
    return text;
  };
  /** The ids of each page, following a link again and again. */
  const walk = async (first: string, rel: "next" | "prev"): Promise<{ pages: string[][]; last: string }> => {
    const pages: string[][] = [];
    for (let path = first; ;) {
      const text = await get(path);
      const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(text)?.[1] ?? "";
      pages.push(
        [...body.matchAll(/<th scope="row">\s*<a\s+href="\/report\/\w+\/([^"?]+)/g)].map(([, id]) => id as string),
      );
      const href = new RegExp(`rel="${rel}"\\s+href="([^"]+)"`).exec(text)?.[1]?.replaceAll("&amp;", "&");
      if (href === undefined) return { pages, last: path };
      path = href;
    }
  };
  return { ...receiver, get, walk };
}

/** Rows of a CSV without quoted line breaks, by their heads. */
function rowsOf(csv: string): Record<string, string>[] {
  const [heads = [], ...rows] = csv
    .replace(/^\ufeff/, "")
    .split("\r\n")
    .filter((line) => line !== "")
    .map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(heads.map((head, place) => [head, row[place] ?? ""])));
}

/** 250 conversations: durations and waits that many share, and every third without a wait. */
const many: readonly { id: string; durationMs: number; waitMs: number | null; channel: string; agentId: number }[] =
  Array.from({ length: 250 }, (_, i) => ({
    id: `s-${String((i * 37) % 250).padStart(3, "0")}`,
    durationMs: ((i * 7) % 11) * minute,
    waitMs: i % 3 === 0 ? null : ((i * 5) % 13) * 1000,
    channel: i % 4 === 0 ? "web" : "wechat",
    agentId: 1 + (i % 2),
  }));

function eventsOf(): WireEvent[] {
  return many.flatMap(({ id, durationMs, waitMs, channel, agentId }, i) => {
    // Two and two start at one instant.
    const atMs = dayMs + Math.floor(i / 2) * minute;
    const session = { session_id: id };
    return [
      { name: "session.start", attributes: { ...session, channel }, atMs },
      ...(waitMs === null
        ? []
        : [
            { name: "session.escalate", attributes: { ...session, reason: `reason-${i % 3}` }, atMs },
            {
              name: "agent.session_takeover",
              attributes: { ...session, agent_id: agentId, wait_duration_seconds: waitMs / 1000 },
              atMs,
            },
          ]),
      { name: "session.end", attributes: { ...session, reason: "customer_closed" }, atMs: atMs + durationMs },
    ];
  });
}

const startOf = new Map(many.map(({ id }, i) => [id, Math.floor(i / 2)]));
const bytewise = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The ids in the order of a value; those without one come last in both directions. */
function sorted(value: (of: (typeof many)[number]) => number | null, sign: 1 | -1): string[] {
  return many
    .toSorted((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return Number(x === null) - Number(y === null) || sign * bytewise(a.id, b.id);
      return sign * (x - y || bytewise(a.id, b.id));
    })
    .map(({ id }) => id);
}

test("conversations are sorted by each column both ways, page by page, there and back", async () => {
  const { walk, get } = await startReceiverWith(eventsOf());
  const values = {
    start: ({ id }: (typeof many)[number]) => startOf.get(id) as number,
    duration: ({ durationMs }: (typeof many)[number]) => durationMs,
    wait: ({ waitMs }: (typeof many)[number]) => waitMs,
  };
  for (const [column, value] of Object.entries(values)) {
    for (const sign of [1, -1] as const) {
      const sort = `${sign === 1 ? "" : "-"}${column}`;
      const forth = await walk(`/report/sessions?month=2025-12&sort=${sort}&lang=en`, "next");
      expect([sort, forth.pages.flat()]).toEqual([sort, sorted(value, sign)]);
      expect(forth.pages.map((ids) => ids.length)).toEqual([100, 100, 50]);
      const back = await walk(forth.last, "prev");
      expect([sort, back.pages.toReversed()]).toEqual([sort, forth.pages]);
      const csv = rowsOf(await get(`/report/sessions.csv?month=2025-12&sort=${sort}&lang=en`));
      expect(csv.map(({ Session: id }) => id)).toEqual(forth.pages.flat());
    }
  }
});

test("a filter leaves what it names, on the page and in the CSV, and stays over pages and orders", async () => {
  const { walk, get } = await startReceiverWith(eventsOf());
  const wechat = many.filter(({ channel }) => channel === "wechat").map(({ id }) => id);
  const list = "/report/sessions?month=2025-12&channel=wechat&sort=-duration&lang=en";
  const { pages } = await walk(list, "next");
  expect(pages.flat().toSorted()).toEqual(wechat.toSorted());
  expect(pages.length).toBe(2);
  expect(rowsOf(await get(list.replace("sessions?", "sessions.csv?"))).map(({ Session: id }) => id)).toEqual(
    pages.flat(),
  );
  expect(await get(list)).toContain("sort=-wait");
  const of2 = await walk("/report/sessions?month=2025-12&agent=2&lang=en", "next");
  expect(of2.pages.flat().toSorted()).toEqual(
    many
      .filter(({ agentId, waitMs }) => agentId === 2 && waitMs !== null)
      .map(({ id }) => id)
      .toSorted(),
  );
  const begins = await walk("/report/sessions?month=2025-12&q=s-10&lang=en", "next");
  expect(begins.pages).toEqual([many.filter(({ id }) => id.startsWith("s-10")).map(({ id }) => id)]);
  expect((await walk("/report/sessions?month=2025-12&q=%25&lang=en", "next")).pages).toEqual([[]]);
});

test("an id leads to its conversation, whichever month is shown", async () => {
  const { url } = await startReceiverWith(eventsOf());
  const answer = await fetch(`${url}/report/sessions?month=2025-01&q=+s-007+&lang=en`, { redirect: "manual" });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/report/sessions/s-007?lang=en"]);
});

test("a row says duration, outcome, reason, agent and wait", async () => {
  const { get } = await startReceiverWith([
    { name: "session.start", attributes: { session_id: "s-a", channel: "web" }, atMs: dayMs },
    {
      name: "session.message",
      attributes: { session_id: "s-a", role: "ai", response_time_ms: 3400 },
      atMs: dayMs + 5_000,
    },
    { name: "session.escalate", attributes: { session_id: "s-a", reason: "=refund" }, atMs: dayMs + minute },
    { name: "agent.login", attributes: { agent_id: 7, agent_name: "王芳" }, atMs: dayMs },
    {
      name: "agent.session_takeover",
      attributes: { session_id: "s-a", agent_id: 7, wait_duration_seconds: 42.5 },
      atMs: dayMs + 2 * minute,
    },
    { name: "session.end", attributes: { session_id: "s-a", reason: "solved" }, atMs: dayMs + 12 * minute },
    { name: "session.start", attributes: { session_id: "s-b" }, atMs: dayMs + 1 },
    { name: "session.end", attributes: { session_id: "s-b", reason: "page_left" }, atMs: dayMs + 500 },
  ]);
  const list = await get("/report/sessions?month=2025-12&lang=en");
  const cells = (id: string): (string | undefined)[] => {
    const row = new RegExp(`<tr>(?:(?!</tr>)[\\s\\S])*${id}[\\s\\S]*?</tr>`).exec(list)?.[0] ?? "";
    return [...row.matchAll(/<td data-label="([^"]+)"[^>]*>([\s\S]*?)<\/td>/g)].map(
      ([, label, content]) =>
        `${label}: ${content
          ?.replaceAll(/<[^>]+>/g, " ")
          .replaceAll(/\s+/g, " ")
          .trim()}`,
    );
  };
  expect(cells("s-a").slice(1)).toEqual([
    "Duration: 12 min",
    "Channel: Web",
    "Outcome: AI-assisted escalated",
    "Reason: =refund",
    "Agent: 王芳",
    "Wait for a human: 43 s",
  ]);
  expect(cells("s-b").slice(1)).toEqual([
    "Duration: 0.5 s",
    "Channel: —",
    "Outcome: unanswered",
    "Reason: Page left",
    "Agent: —",
    "Wait for a human: —",
  ]);
  const [first] = rowsOf(await get("/report/sessions.csv?month=2025-12&lang=en"));
  // A spreadsheet computes nothing of it.
  expect(first).toMatchObject({
    Session: "s-a",
    "Duration (s)": "720",
    Reason: "'=refund",
    "Agent number": "7",
    "Wait for a human (s)": "42.5",
  });
});

test("a conversation is told in words, in both languages, with what was recorded folded away", async () => {
  const session = { session_id: "s-told" };
  const { get } = await startReceiverWith([
    { name: "agent.login", attributes: { agent_id: 7, agent_name: "王芳" }, atMs: dayMs },
    { name: "session.start", attributes: { ...session, channel: "wechat" }, atMs: dayMs },
    { name: "session.message", attributes: { ...session, role: "客户" }, atMs: dayMs + 1 },
    { name: "session.message", attributes: { ...session, role: "assistant", response_time_ms: 3400 }, atMs: dayMs + 2 },
    { name: "session.message", attributes: { ...session, role: "wizard" }, atMs: dayMs + 3 },
    { name: "query.order", attributes: { ...session, success: false, response_time_ms: 250 }, atMs: dayMs + 4 },
    { name: "session.escalate", attributes: { ...session, reason: "<b>keyword</b>" }, atMs: dayMs + 5 },
    {
      name: "agent.session_takeover",
      attributes: { ...session, agent_id: 7, wait_duration_seconds: 90 },
      atMs: dayMs + 6,
    },
    { name: "agent.session_transfer", attributes: { ...session, agent_id: 7, target_agent_id: 8 }, atMs: dayMs + 7 },
    { name: "ticket.created", attributes: { ...session, ticket_id: 12, priority: "high" }, atMs: dayMs + 8 },
    {
      name: "order_paid",
      attributes: { ...session, amount: 3, "spanledger.event.id": "018f0000-0000-7000-8000-000000000001" },
      atMs: dayMs + 9,
    },
    { name: "session.feedback", attributes: { ...session, rating: 4, resolved: true }, atMs: dayMs + 10 },
    { name: "session.end", attributes: { ...session, reason: "solved" }, atMs: dayMs + 11 },
    { name: "session.end", attributes: { ...session, reason: "unresolved", resolved: false }, atMs: dayMs + 12 },
  ]);
  const told = async (lang: string): Promise<(string | undefined)[]> =>
    [
      ...(await get(`/report/sessions/s-told?lang=${lang}`)).matchAll(/<li class="\w+">[\s\S]*?<p>([\s\S]*?)<\/p>/g),
    ].map(([, text]) => text);
  expect(await told("en")).toEqual([
    "Conversation started on WeChat",
    "Customer wrote",
    "AI answered after 3.4 s",
    "wizard wrote",
    "Order not found after 0.3 s",
    "AI asked for a human: &lt;b&gt;keyword&lt;/b&gt;",
    "王芳 took over after a wait of 1.5 min",
    "王芳 transferred the conversation to Agent 8",
    "Ticket #12 created, priority high",
    "Event order_paid",
    "Customer gave feedback: 4 of 5, resolved",
    "Conversation ended: solved",
    "Conversation ended: not resolved",
  ]);
  expect((await told("zh-CN")).slice(0, 3)).toEqual(["会话开始，渠道：微信", "客户发送消息", "AI 回答，用时 3.4秒"]);
  expect((await told("zh-CN")).at(-1)).toBe("会话结束：未解决");
  const page = await get("/report/sessions/s-told?lang=en");
  expect(page.match(/<details>/g)?.length).toBe(13);
  expect(page).not.toContain("<details open");
  expect(page.split("<details>")[3]).toContain("response_time_ms");
});

test("tickets show age, priority, assignee and SLA, by age and by number, and a number leads to its ticket", async () => {
  const hour = 60 * minute;
  const ticket = (id: number, createdMs: number, more: readonly WireEvent[]): WireEvent[] => [
    {
      name: "ticket.created",
      attributes: { ticket_id: id, priority: id % 2 === 0 ? "high" : "low" },
      atMs: dayMs + createdMs,
    },
    ...more,
  ];
  const { get, url, walk } = await startReceiverWith([
    ...ticket(-5, 3 * hour, []),
    ...ticket(3, hour, [
      { name: "ticket.assigned", attributes: { ticket_id: 3, to_agent_id: 8 }, atMs: dayMs + 2 * hour },
      { name: "ticket.assigned", attributes: { ticket_id: 3, to_agent_id: 9 }, atMs: dayMs + 3 * hour },
    ]),
    ...ticket(10, 2 * hour, [
      {
        name: "ticket.closed",
        attributes: { ticket_id: 10, agent_id: 9, sla_met: false, resolution_duration_hours: 5 },
        atMs: dayMs + 7 * hour,
      },
    ]),
    { name: "ticket.assigned", attributes: { ticket_id: 4, to_agent_id: 9 }, atMs: dayMs },
  ]);
  const open = "/report/tickets?month=2025-12&of=ticket_backlog&lang=en";
  const ids = async (path: string) => (await walk(path, "next")).pages;
  expect(await ids(open)).toEqual([["-5", "3"]]);
  expect(await ids(`${open}&sort=-age`)).toEqual([["3", "-5"]]);
  expect(await ids(`${open}&sort=age`)).toEqual([["-5", "3"]]);
  expect(await ids(`${open}&priority=LOW`)).toEqual([["-5", "3"]]);
  expect(await ids(`${open}&priority=high`)).toEqual([[]]);
  const csv = rowsOf(await get(open.replace("tickets?", "tickets.csv?")));
  expect(csv.map(({ "Agent number": agent, Priority: priority }) => [agent, priority])).toEqual([
    ["", "low"],
    ["9", "low"],
  ]);
  // Until the end of the month, since they are open.
  const endMs = Date.parse("2026-01-01T00:00+08:00");
  expect(csv.map((row) => Number(row["Age (s)"]))).toEqual([
    (endMs - dayMs - 3 * hour) / 1000,
    (endMs - dayMs - hour) / 1000,
  ]);
  const resolved = await get(open.replace("ticket_backlog", "tickets_resolved"));
  expect(resolved).toMatch(/data-label="Age" class="">\s*5 h/);
  expect(resolved).toContain("missed");
  expect(resolved).toContain("1 of 1 shown");
  expect(await get(open)).toContain("2 of 2 shown");
  const answer = await fetch(`${url}${open}&q=%2310`, { redirect: "manual" });
  expect(answer.headers.get("location")).toBe("/report/tickets/10?month=2025-12&lang=en");
  expect(await get(`${open}&q=77`)).toContain("There is no ticket 77.");
});

const agentEvents: readonly WireEvent[] = Array.from({ length: 230 }, (_, i) => {
  const agent = { agent_id: i - 20 };
  const atMs = dayMs + (i % 3) * 24 * 60 * minute;
  return [
    { name: "agent.login", attributes: { ...agent, agent_name: `agent ${(i * 7) % 13}` }, atMs },
    ...Array.from({ length: (i * 5) % 7 }, (__, n) => ({
      name: "agent.session_takeover",
      attributes: {
        ...agent,
        session_id: `s-${i}-${n}`,
        ...(i % 4 === 0 ? {} : { wait_duration_seconds: ((i * 3) % 17) + n }),
      },
      atMs: atMs + n,
    })),
    { name: "ticket.created", attributes: { ticket_id: i, ...agent }, atMs },
    ...(i % 2 === 0
      ? []
      : [{ name: "ticket.closed", attributes: { ticket_id: i, ...agent, sla_met: i % 3 === 0 }, atMs }]),
  ];
}).flat();

test("agents stand in one table, sorted by each figure both ways, with the team's average, and equal the API", async () => {
  const { walk, get, url } = await startReceiverWith(agentEvents);
  const document: any = await (await fetch(`${url}/api/analytics/agents?month=2025-12&limit=500&locale=en`)).json();
  const agents: any[] = document.agents.filter(({ agent_id: id }: any) => id !== null);
  expect(agents.length).toBe(230);
  for (const column of ["sessions_handled", "avg_first_response_ms", "sla_met_rate", "number"]) {
    const valueOf = (agent: any): number | null => (column === "number" ? agent.agent_id : agent.metrics[column].value);
    for (const sign of [1, -1]) {
      const sort = `${sign === 1 ? "" : "-"}${column}`;
      const order = agents
        .toSorted((a, b) => {
          const [x, y] = [valueOf(a), valueOf(b)];
          if (x === null || y === null)
            return Number(x === null) - Number(y === null) || sign * (a.agent_id - b.agent_id);
          return sign * (x - y || a.agent_id - b.agent_id);
        })
        .map(({ agent_id: id }) => String(id));
      const forth = await walk(`/report/agents?month=2025-12&sort=${sort}&lang=en`, "next");
      expect([sort, forth.pages.flat()]).toEqual([sort, order]);
      expect(forth.pages.length).toBe(3);
      const back = await walk(forth.last, "prev");
      expect([sort, back.pages.toReversed()]).toEqual([sort, forth.pages]);
    }
  }
  const csv = rowsOf(await get("/report/agents.csv?month=2025-12&lang=en"));
  const byId = new Map(agents.map((agent) => [String(agent.agent_id), agent]));
  for (const row of csv) {
    const { metrics, agent_name: name } = byId.get(row["Agent number"] as string);
    expect(row["Agent"]).toBe(name);
    for (const key of [
      "sessions_handled",
      "avg_first_response_ms",
      "transfer_rate",
      "tickets_resolved",
      "sla_met_rate",
    ]) {
      expect([key, row[key]]).toEqual([key, metrics[key].value === null ? "" : String(metrics[key].value)]);
    }
  }
  const foot = /<tfoot>([\s\S]*?)<\/tfoot>/.exec(await get("/report/agents?month=2025-12&lang=en"))?.[1] ?? "";
  const { total } = document;
  expect(foot).toContain("Average of the team (230)");
  expect(foot).toContain(`data-label="Sessions handled">${Number((total.sessions_handled.value / 230).toFixed(1))}<`);
  expect(foot).toContain(`>${total.avg_first_response_ms.formatted}<`);
  const named = await walk("/report/agents?month=2025-12&q=AGENT+12&lang=en", "next");
  const wanted = agents.filter(({ agent_name: name }) => name === "agent 12").map(({ agent_id: id }) => String(id));
  expect(wanted.length).toBeGreaterThan(10);
  expect(named.pages.flat().toSorted()).toEqual(wanted.toSorted());
  expect((await walk("/report/agents?month=2025-12&q=-7&lang=en", "next")).pages).toEqual([["-7"]]);
});

test("an agent's page has a row for each day, which add up to the month", async () => {
  const { get, url } = await startReceiverWith([
    ...["2025-12-01T00:00+08:00", "2025-12-05T12:00+08:00", "2025-12-31T23:59+08:00", "2026-01-01T00:00+08:00"].flatMap(
      (at, day) =>
        Array.from({ length: day + 1 }, (_, n) => ({
          name: "agent.session_takeover",
          attributes: { agent_id: 7, session_id: `s-${day}-${n}` },
          atMs: Date.parse(at) + n,
        })),
    ),
    { name: "agent.session_takeover", attributes: { agent_id: 8, session_id: "s-8" }, atMs: dayMs },
  ]);
  const page = await get("/report/agents/7?month=2025-12&lang=en");
  const handled = [...page.matchAll(/<th scope="row">([^<]+)<\/th>\s*<td data-label="Sessions handled">(\d+)</g)];
  expect(handled.map(([, day, count]) => [day, count])).toEqual([
    ["Mon, Dec 1", "1"],
    ["Fri, Dec 5", "2"],
    ["Wed, Dec 31", "3"],
  ]);
  expect(await get("/report?month=2025-12&lang=en")).toContain('href="/report/agents?month=2025-12&amp;lang=en"');
  expect((await fetch(`${url}/report/agents/9?month=2025-12`)).status).toBe(200);
});

test("a page of 20,000 agents is no longer than one of a hundred", async () => {
  const { get, database } = await startReceiverWith([]);
  const insert = (last: number) =>
    database.pool.query(
      `insert into analytics_agent_metrics (tenant_id, day, agent_id, sessions_handled, waits_known)
       select 'default', '2025-12-08', agent_id, agent_id % 100, 1 from generate_series((select coalesce(max(agent_id), 0) + 1
         from analytics_agent_metrics), $1) as agent_id`,
      [last],
    );
  await insert(100);
  const few = await get("/report/agents?month=2025-12&lang=en");
  await insert(20_000);
  const many20000 = await get("/report/agents?month=2025-12&lang=en");
  expect(many20000.match(/<th scope="row">/g)?.length).toBe(few.match(/<th scope="row">/g)?.length);
  // Longer numbers, and links to other pages.
  expect(many20000.length).toBeLessThan(few.length + 5_000);
  expect(many20000).toContain("100 of 20,000 shown");
});
