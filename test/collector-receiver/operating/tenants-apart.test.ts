import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { businessCalendarOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { tracesWith, type WireEvent } from "../../support/otlp-json.ts";
import { buildIdleApp } from "../../support/build-idle-app.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

/** Routes that show no tenant's numbers, or to whom is decided by something else than a read token. */
const apart: readonly (readonly [path: RegExp, why: string])[] = [
  [/^\/v1\//, "takes events, by ingest tokens: otlp-routes.test.ts"],
  [/^\/(?:livez|readyz|version|metrics)$/, "probes, and figures of the process, for its operator"],
  [/^\/docs/, "describes the routes"],
  [/^\/shared\/:token$/, "the link is the right: report-pages.test.ts"],
];
const ticketLists = ["ticket_backlog", "ticket_backlog_unassigned", "tickets_reopened"].map(
  (of) => `?month={month}&of=${of}`,
);
/** Where a route wants more than a month. A route that is not here is asked without and with a month. */
const questions: Readonly<Record<string, readonly string[]>> = {
  "/api/analytics/timeseries": ["?metric=total_sessions&from={month}&to={month}"],
  "/api/analytics/live": ["", "?stream=1"],
  "/report/sessions": ["?month={month}&of=total_sessions"],
  "/report/tickets": ticketLists,
  "/report/tickets.csv": ticketLists,
  "/data-quality/events": [
    "?month={month}&code=derived_id&event=session.start",
    "?month={month}&code=rejected&detail=wrong_type",
  ],
  "/report/events": ["?month={month}&of=sessions_handled", "?month={month}&of=order_queries_failed"],
};

/** What only brand-b has: a number that nothing of brand-a comes to, and a word in each text of its events. */
const sessionsOfB = 4177;
const word = "secretb";
const shown = new RegExp(`${word}|(?<![\\w.-])4,?177(?![\\w-])`);
/** Both have a session, an agent and a ticket of these ids, so that whatever forgets the tenant mixes them. */
const parameters: Readonly<Record<string, string>> = {
  session_id: "shared-session",
  agent_id: "880088",
  ticket_id: "990099",
  "chart.png": "sessions.png",
};

const tokens = { a: "ingest-token-of-brand-a", b: "ingest-token-of-brand-b" };
const readers = { a: "reading-token-of-brand-a", b: "reading-token-of-brand-b" };

/** Every GET route of the app that a receiver serves, with its parameters: `/report/sessions/:session_id`. */
async function listRoutes(): Promise<string[]> {
  const app = await buildIdleApp();
  const tree = app.printRoutes({ commonPrefix: false });
  const prefixes: string[] = [];
  const routes: string[] = [];
  for (const line of tree.split("\n")) {
    const [, indent = "", part = "", methods = ""] = /^((?:│ {3}| {4})*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? [];
    if (part === "") continue;
    const depth = indent.length / 4;
    prefixes.splice(depth, prefixes.length, part);
    if (methods.split(", ").includes("GET")) routes.push(prefixes.join("").replace("//", "/"));
  }
  return routes;
}

/** What a tenant's products report of the session, the agent and the ticket that both have. */
function eventsOf(name: string): WireEvent[] {
  const session_id = parameters["session_id"] ?? "";
  const [agent_id, ticket_id] = [Number(parameters["agent_id"]), Number(parameters["ticket_id"])];
  const mark = () => ({ "spanledger.event.id": randomUUID() });
  return [
    { name: "session.start", attributes: { session_id, user_id: `${name}-user`, channel: `${name}-channel` } },
    { name: "session.message", attributes: { session_id, role: "ai", response_time_ms: 900 } },
    { name: "session.escalate", attributes: { session_id, reason: `${name}-reason` } },
    { name: "query.order", attributes: { session_id: `${name}-other`, success: false, order_number: `${name}-order` } },
    { name: "agent.login", attributes: { agent_id, agent_name: `${name}-agent` } },
    { name: "agent.session_takeover", attributes: { session_id, agent_id, wait_time_sec: 20 } },
    { name: "ticket.created", attributes: { ticket_id, agent_id, session_id, type: `${name}-type` } },
    { name: `${name}.custom`, attributes: { ...mark(), session_id } },
  ];
}

async function ask(url: string, token?: string): Promise<{ status: number; text: string }> {
  const stop = new AbortController();
  const answer = await fetch(url, {
    signal: stop.signal,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  if (!url.includes("stream=1") || answer.status !== 200) return { status: answer.status, text: await answer.text() };
  const text = await readFirstEvent(answer);
  stop.abort();
  return { status: answer.status, text };
}

/** Of server-sent events, up to the first that has data. */
async function readFirstEvent(answer: Response): Promise<string> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/data: .*\n\n/.test(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  return text;
}

test("no route shows anything of a tenant without a token, or with another tenant's", async () => {
  const { url } = await startTestReceiver({
    INGEST_TOKENS: `brand-a:${tokens.a},brand-b:${tokens.b}`,
    READ_TOKENS: `brand-a:${readers.a},brand-b:${readers.b}`,
    LOCALE: "en",
  });
  const send = async (token: string, events: readonly WireEvent[]): Promise<void> => {
    const answer = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: tracesWith(events, { resource: { "service.name": token === tokens.b ? `${word}-service` : "shop" } }),
    });
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
  };
  await send(tokens.a, eventsOf("alpha"));
  await send(tokens.b, eventsOf(word));
  await send(
    tokens.b,
    Array.from({ length: sessionsOfB - 1 }, (_, n) => ({
      name: "session.start",
      attributes: { session_id: `${word}-${n}` },
    })),
  );

  // Open all the while: what is kept for those who watch brand-b is not for those who watch brand-a.
  const watching = new AbortController();
  onTestFinished(() => watching.abort());
  const stream = await fetch(`${url}/api/analytics/live?stream=1`, {
    signal: watching.signal,
    headers: { authorization: `Bearer ${readers.b}` },
  });
  expect(await readFirstEvent(stream)).toMatch(shown);

  const month = businessCalendarOf("Asia/Shanghai").dayOf(Date.now()).slice(0, 7);
  const routes = await listRoutes();
  expect(routes).toEqual(expect.arrayContaining(["/api/analytics/case-study", "/report", "/report.csv", "/live"]));
  let shownToB = 0;
  for (const route of routes) {
    if (apart.some(([path]) => path.test(route))) continue;
    const path = route.replaceAll(/:([\w.]+)/g, (_, name: string) => {
      const value = parameters[name];
      if (value === undefined) throw new Error(`${route}: \`parameters\` has to say what brand-b has for ${name}`);
      return value;
    });
    const queries = (questions[route] ?? ["", "?month={month}"]).map((query) => query.replaceAll("{month}", month));
    let answered = false;
    for (const query of queries) {
      const question = `${url}${path}${query}`;
      const own = await ask(question, readers.b);
      for (const token of [undefined, tokens.b, readers.a]) {
        const other = await ask(question, token);
        const who = `${question} ${token === undefined ? "without a token" : `with ${token}`}`;
        expect(shown.exec(other.text), who).toBeNull();
        // Who goes on with wrong tokens gets 429.
        if (token !== readers.a) expect([401, 429], who).toContain(other.status);
      }
      if (shown.test(own.text)) shownToB++;
      answered ||= own.status === 200;
    }
    expect(answered, `${route}: \`questions\` has to say how it is asked, so that brand-b gets an answer`).toBe(true);
  }
  // Or the search above would find nothing anywhere.
  expect(shownToB).toBeGreaterThan(15);
});
