import { expect, test } from "vitest";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { openScenario } from "./open-scenario.ts";
import type { Scenario, Told } from "./open-scenario.ts";

test("an end that says two things counts by the plainer one, and is noted", async () => {
  const { tell, october } = await openScenario();
  const answered = (session_id: string) =>
    [
      ["09:00:00", "session.start", { session_id }],
      ["09:00:02", "session.message", { session_id, role: "ai" }],
    ] as const;
  await tell(
    ...answered("said no"),
    ["09:05:00", "session.end", { session_id: "said no", reason: "已解决", resolved: false }],
    ...answered("said yes"),
    ["09:05:00", "session.end", { session_id: "said yes", reason: "未解决", resolved: true }],
    ...answered("agrees"),
    ["09:05:00", "session.end", { session_id: "agrees", reason: "resolved", resolved: true }],
    ...answered("says neither"),
    ["09:05:00", "session.end", { session_id: "says neither", reason: "timeout", resolved: true }],
  );
  const { of, document } = await october();
  expect(of).toMatchObject({ ai_resolved_confirmed: 3, outcome_not_resolved: 1 });
  expect(document.notes).toContainEqual({
    code: "contradiction",
    message: "2 events contradict themselves or others.",
    count: 2,
  });
});

test("a first token after the whole answer keeps both durations, and is noted", async () => {
  const { tell, october, receiver } = await openScenario();
  const message = (first_token_ms: number, response_time_ms: number) =>
    ["09:00:02", "session.message", { session_id: "s-1", role: "ai", first_token_ms, response_time_ms }] as const;
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    message(300, 900),
    message(900, 900),
    message(901, 900),
  );
  const { of, document } = await october();
  expect(of).toMatchObject({ responses_timed: 3, avg_response_time_ms: 900 });
  expect(document.notes).toContainEqual({
    code: "contradiction",
    message: "1 event contradicts itself or another.",
    count: 1,
  });
  const pages = await Promise.all(
    ["en", "zh-CN"].map(async (lang) =>
      (await fetch(`${receiver.url}/data-quality?month=2025-10&lang=${lang}`)).text(),
    ),
  );
  expect(pages[0]).toContain("The first token came after the end of the answer");
  expect(pages[1]).toContain("首个字晚于回答结束");
});

/** The lines about tickets that were closed again: `event first day – last day: events`, and the ids of their examples. */
async function closedAgain({ receiver }: Scenario, query = "month=2025-10"): Promise<[line: string, ids: string[]][]> {
  const document: any = await (await fetch(`${receiver.url}/api/analytics/data-quality?${query}&locale=en`)).json();
  return document.entries
    .filter(({ code }: any) => code === "closed_again")
    .map(({ event, first_day: first, last_day: last, events, examples }: any) => [
      `${event} ${first} – ${last}: ${events}`,
      examples.map(({ event_id: id }: any) => id),
    ]);
}

const idOf = (n: number): string => uuidV7(Date.parse("2025-10-13T01:00:00Z"), n);
const mark = (n: number) => ({ "spanledger.event.id": idOf(n) });

const closesOfTickets: readonly Told[] = [
  ["09:00:00", "ticket.created", { ticket_id: 1, ...mark(1) }],
  ["10:00:00", "ticket.closed", { ticket_id: 1, ...mark(2) }],
  ["10:00:01", "ticket.closed", { ticket_id: 1, ...mark(3) }],
  // A close told twice, by its status too, is one.
  ["10:00:02", "ticket.status_changed", { ticket_id: 1, from_status: "open", to_status: "已关闭", ...mark(4) }],
  // The second of two ids of one instant is the second close.
  ["11:00:00", "ticket.closed", { ticket_id: 2, ...mark(6) }],
  ["11:00:00", "ticket.closed", { ticket_id: 2, ...mark(5) }],
  // Reopened at the instant of the next close.
  ["11:00:00", "ticket.closed", { ticket_id: 3, ...mark(7) }],
  ["12:00:00", "ticket.status_changed", { ticket_id: 3, from_status: "closed", to_status: "open", ...mark(9) }],
  ["12:00:00", "ticket.closed", { ticket_id: 3, ...mark(8) }],
  ["13:00:00", "ticket.status_changed", { ticket_id: 4, from_status: "处理中", to_status: "canceled", ...mark(10) }],
  // The close after midnight belongs to the month in which it is told.
  [
    "2025-11-01 00:00:00",
    "ticket.status_changed",
    { ticket_id: 4, from_status: "open", to_status: "Done", ...mark(11) },
  ],
  // On the same day, a close told twice by its status too.
  ["2025-11-01 00:10:00", "ticket.closed", { ticket_id: 5, ...mark(12) }],
  [
    "2025-11-01 00:10:01",
    "ticket.status_changed",
    { ticket_id: 5, from_status: "open", to_status: "closed", ...mark(13) },
  ],
];

test.each(["in order", "backwards, one by one"])(
  "a ticket that is closed again stands in the ledger, told %s",
  async (how) => {
    const scenario = await openScenario();
    if (how === "in order") await scenario.tell(...closesOfTickets);
    else for (const event of closesOfTickets.toReversed()) await scenario.tell(event);
    expect(await closedAgain(scenario)).toEqual([["ticket.closed 2025-10-13 – 2025-10-13: 2", [expect.any(String)]]]);
    expect(await closedAgain(scenario, "month=2025-11")).toEqual([
      ["ticket.status_changed 2025-11-01 – 2025-11-01: 1", [idOf(11)]],
    ]);
    const { of, document } = await scenario.october();
    expect(of["tickets_closed_again"]).toBe(2);
    expect(document.notes).toContainEqual(expect.objectContaining({ code: "contradiction", count: 2 }));
    const [[, [example]]] = (await closedAgain(scenario)) as [[string, [string]]];
    expect([idOf(3), idOf(6)]).toContain(example);
    const list = `${scenario.receiver.url}/data-quality/events?month=2025-10&code=closed_again&event=ticket.closed`;
    const page = await (await fetch(`${list}&lang=en`)).text();
    expect(page).toContain("2 of 2 shown");
    expect(page.match(/<th scope="row">/g)).toHaveLength(2);
    for (const at of ["10:00:01", "11:00:00"]) expect(page).toContain(at);
    const november = `${scenario.receiver.url}/data-quality/events?month=2025-11&code=closed_again&event=ticket.status_changed`;
    const ofNovember = await (await fetch(`${november}&lang=en`)).text();
    expect(ofNovember.match(/<th scope="row">/g)).toHaveLength(1);
  },
);

test("a reopening that arrives later takes a close out of the ledger, and an earlier close puts one in", async () => {
  const scenario = await openScenario();
  await scenario.tell(...closesOfTickets.slice(0, 3));
  const reopened = { ticket_id: 1, from_status: "已解决", to_status: "处理中", ...mark(20) };
  await scenario.tell(
    ["10:00:00.500", "ticket.status_changed", reopened],
    ["11:00:00", "ticket.closed", { ticket_id: 2, ...mark(22) }],
    ["11:00:01", "ticket.closed", { ticket_id: 2, ...mark(23) }],
    ["11:00:02", "ticket.closed", { ticket_id: 2, ...mark(24) }],
  );
  // One went and two came in one batch: the example is of one that came.
  expect(await closedAgain(scenario)).toEqual([["ticket.closed 2025-10-13 – 2025-10-13: 2", [idOf(23)]]]);
  await scenario.october();
  await scenario.tell(["09:59:00", "ticket.closed", { ticket_id: 1, ...mark(21) }]);
  // The close that was the first one is the second now.
  expect(await closedAgain(scenario)).toEqual([["ticket.closed 2025-10-13 – 2025-10-13: 3", [idOf(2)]]]);
  await scenario.october();
});

test("the close of a ticket goes by its own event: a test says nothing, the session of another event is not asked", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "session.start", { session_id: "s-1", test: true }],
    ["10:00:00", "ticket.closed", { ticket_id: 1, session_id: "s-1", ...mark(1) }],
    ["10:00:01", "ticket.closed", { ticket_id: 1, session_id: "s-1", ...mark(2) }],
    ["10:00:02", "ticket.closed", { ticket_id: 1, test: true, ...mark(3) }],
  );
  expect(await closedAgain(scenario)).toEqual([["ticket.closed 2025-10-13 – 2025-10-13: 1", [idOf(2)]]]);
  const list = `${scenario.receiver.url}/data-quality/events?month=2025-10&code=closed_again&event=ticket.closed`;
  expect(await (await fetch(`${list}&lang=en`)).text()).toContain("1 of 1 shown");
  await scenario.october();
});

/** The lines about hours that contradict their ticket's history: event count, and both values of the example. */
async function contradictedHours({ receiver }: Scenario): Promise<[events: number, value: number, against: number][]> {
  const document: any = await (
    await fetch(`${receiver.url}/api/analytics/data-quality?month=2025-10&locale=en`)
  ).json();
  return document.entries
    .filter(({ attribute }: any) => attribute === "resolution_duration_hours")
    .map(({ code, events, examples: [example] }: any) => {
      expect(code).toBe("contradicting_durations");
      // None if the event that was remembered is judged otherwise by now.
      return [events, example?.value, example?.against];
    });
}

const ticket = (id: number, created: string, closed: string, hours: number): Told[] => [
  [created, "ticket.created", { ticket_id: id }],
  [closed, "ticket.closed", { ticket_id: id, resolution_duration_hours: hours }],
];

test("hours that are another unit stand in the ledger with both values, and count as they were sent", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    // Seconds and minutes for hours.
    ...ticket(1, "09:00:00", "10:00:00", 3600),
    // Ten times is not more than ten times; nine minutes are not ten.
    ...ticket(2, "09:00:00", "10:00:00", 10),
    ...ticket(3, "09:00:00", "09:09:00", 0),
    ...ticket(4, "09:00:00", "09:30:00", 0.5),
    // What was created after it was closed has no duration of its own.
    ...ticket(5, "12:00:00", "10:00:00", 500),
  );
  expect(await contradictedHours(scenario)).toEqual([[1, 3600, 1]]);
  const { document } = await scenario.october();
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "contradiction", count: 1 }));
  const list = `${scenario.receiver.url}/data-quality/events?month=2025-10&code=contradicting_durations&event=ticket.closed&attribute=resolution_duration_hours`;
  const page = await (await fetch(`${list}&lang=en`)).text();
  expect(page).toContain("1 of 1 shown");
  expect(page).toMatch(/resolution_duration_hours<\/code>\s*3600/);
  expect(page).toMatch(/created_to_closed_hours<\/code>\s*1\b/);

  // A creation told later, and then an earlier one, judge it anew; a second close or a reopening says nothing.
  await scenario.tell(["08:00:00", "ticket.closed", { ticket_id: 6, resolution_duration_hours: 0 }]);
  expect(await contradictedHours(scenario)).toHaveLength(1);
  await scenario.tell(["07:55:00", "ticket.created", { ticket_id: 6 }]);
  expect((await contradictedHours(scenario))[0]?.[0]).toBe(1);
  await scenario.tell(["07:00:00", "ticket.created", { ticket_id: 6 }]);
  expect((await contradictedHours(scenario))[0]?.[0]).toBe(2);
  await scenario.october();
  await scenario.tell([
    "13:00:00",
    "ticket.status_changed",
    { ticket_id: 6, from_status: "closed", to_status: "open" },
  ]);
  expect((await contradictedHours(scenario))[0]?.[0]).toBe(1);
  await scenario.tell(["14:00:00", "ticket.closed", { ticket_id: 1, resolution_duration_hours: 5 }]);
  expect(await contradictedHours(scenario)).toEqual([]);
  await scenario.october();
});

/** The lines about handle times that contradict their session's history: event count, and both values of the example. */
async function contradictedHandleTimes({ receiver }: Scenario): Promise<[number, number, number][]> {
  const document: any = await (
    await fetch(`${receiver.url}/api/analytics/data-quality?month=2025-10&locale=en`)
  ).json();
  return document.entries
    .filter(({ attribute }: any) => attribute === "handle_duration_seconds")
    .map(({ code, event, events, examples: [{ value, against }] }: any) => {
      expect([code, event]).toEqual(["contradicting_durations", "agent.session_release"]);
      return [events, value, against];
    });
}

const takeover = (session_id: string, at: string): Told => [at, "agent.session_takeover", { agent_id: 7, session_id }];
const release = (session_id: string, at: string, handle_duration_seconds?: number): Told => [
  at,
  "agent.session_release",
  { agent_id: 7, session_id, ...(handle_duration_seconds === undefined ? {} : { handle_duration_seconds }) },
];

test("a handle time in another unit stands in the ledger with both values, and counts as it was sent", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    // 20 minutes, told in milliseconds.
    ...[takeover("ms", "09:00:00"), release("ms", "09:20:00", 1_200_000)],
    // Ten times is not more than ten times; ten minutes are not more than ten.
    ...[takeover("ten times", "09:00:00"), release("ten times", "09:20:00", 12_000)],
    ...[takeover("ten minutes", "09:00:00"), release("ten minutes", "09:10:00", 0)],
    ...[takeover("right", "09:00:00"), release("right", "09:20:00", 1195.5)],
    ...[takeover("unknown", "09:00:00"), release("unknown", "19:00:00")],
    // Released before it was taken over, or never taken over: nothing to compare with.
    ...[release("before", "08:00:00", 0), takeover("before", "09:00:00")],
    release("alone", "10:00:00", 86_400),
    // Handled more than once: no part of it is the time from the first takeover to the release.
    ...[takeover("two agents", "09:00:00"), takeover("two agents", "12:00:00"), release("two agents", "12:05:00", 300)],
    ...[takeover("handed on", "09:00:00"), release("handed on", "12:05:00", 300)],
    ["12:00:00", "agent.session_transfer", { agent_id: 7, session_id: "handed on", target_agent_id: 8 }],
    ...[takeover("again", "09:00:00"), release("again", "12:05:00", 1), release("again", "12:06:00", 1)],
  );
  expect(await contradictedHandleTimes(scenario)).toEqual([[1, 1_200_000, 1200]]);
  const { document } = await scenario.october();
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "contradiction", count: 1 }));
  const list = `${scenario.receiver.url}/data-quality/events?month=2025-10&code=contradicting_durations&event=agent.session_release&attribute=handle_duration_seconds`;
  const page = await (await fetch(`${list}&lang=en`)).text();
  expect(page).toContain("1 of 1 shown");
  expect(page).toMatch(/handle_duration_seconds<\/code>\s*1200000/);
  expect(page).toMatch(/takeover_to_release_seconds<\/code>\s*1200\b/);
});

test("what comes later judges a handle time anew, in any order and in batches of one", async () => {
  const scenario = await openScenario();
  // Seconds told as minutes; the release comes first.
  await scenario.tell(release("s-1", "10:00:00", 5));
  expect(await contradictedHandleTimes(scenario)).toEqual([]);
  await scenario.tell(takeover("s-1", "09:00:00"));
  expect(await contradictedHandleTimes(scenario)).toEqual([[1, 5, 3600]]);
  await scenario.october();
  // A second takeover takes it out, also one that came earlier; then a release, a transfer, and a test do so with others.
  await scenario.tell(takeover("s-1", "08:00:00"));
  expect(await contradictedHandleTimes(scenario)).toEqual([]);
  for (const undo of [
    release("s-2", "11:00:00", 3600),
    ["09:30:00", "agent.session_transfer", { agent_id: 7, session_id: "s-3" }],
    ["09:30:00", "session.message", { session_id: "s-4", role: "user", test: true }],
    ["09:30:00", "agent.session_takeover", { agent_id: 9, session_id: "s-5" }],
  ] satisfies Told[]) {
    const session = (undo[2] as { session_id: string }).session_id;
    await scenario.tell(takeover(session, "09:00:00"), release(session, "10:00:00", 5));
    expect(await contradictedHandleTimes(scenario)).toEqual([[1, 5, 3600]]);
    await scenario.october();
    await scenario.tell(undo);
    expect(await contradictedHandleTimes(scenario)).toEqual([]);
    await scenario.october();
  }
});
