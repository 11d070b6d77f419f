import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepResolutionDays } from "../../../collector-receiver/src/upkeep/keep-resolution-days.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { arbitraryDeliveries, requestOf } from "../ingest/arbitrary-events.ts";
import type { Delivery } from "../ingest/arbitrary-events.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { timeFromScratch } from "./presence-from-scratch.ts";
import type { Standing } from "./presence-from-scratch.ts";
import { seedSettings } from "./seed-counters.ts";
import { get, openStatsApp } from "./stats-app.ts";
import { changeEvent } from "../../support/make-business-event.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const world = shareTestIngest();

let tenants = 0;
/** A tenant of its own for one run of a property. */
async function useTenant(timezone: string, idleThroughMs: number): Promise<string> {
  const tenantId = `tenant-${++tenants}`;
  await seedSettings(world.database.pool, tenantId, { timezone, idleThrough: new Date(idleThroughMs).toISOString() });
  return tenantId;
}

/** Sends events as one request each, in any order, some of them twice. */
async function deliver(events: readonly BusinessEvent[], order: readonly { readonly events: readonly number[] }[]) {
  await Promise.all(
    order.map((request) => world.ingest.submit(requestOf(request.events.map((i) => events[i] as BusinessEvent)), 100)),
  );
}

async function readOperations(tenantId: string, query: string, nowMs: number): Promise<any> {
  const app = await openStatsApp(world.database.pool, new Date(nowMs).toISOString());
  const { status, body } = await get(app, `operations?${query}&lang=en`, tenantId);
  await app.close();
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** A period in a timezone whose ends are far from UTC's, and what its ends are. */
const worlds = [
  { timezone: "Asia/Shanghai", query: "month=2025-12", from: "2025-11-30T16:00Z", to: "2025-12-31T16:00Z" },
  { timezone: "Asia/Kathmandu", query: "month=2025-12", from: "2025-11-30T18:15Z", to: "2025-12-31T18:15Z" },
  // 23 and 25 hours long.
  {
    timezone: "Europe/Berlin",
    query: "start_date=2025-03-30&end_date=2025-03-30",
    from: "2025-03-29T23:00Z",
    to: "2025-03-30T22:00Z",
  },
  {
    timezone: "America/New_York",
    query: "start_date=2025-11-02&end_date=2025-11-02",
    from: "2025-11-02T04:00Z",
    to: "2025-11-03T05:00Z",
  },
].map((world) => ({ ...world, fromMs: Date.parse(world.from), toMs: Date.parse(world.to) }));

const heartbeat = 4 * hour;

const shift = fc.array(
  fc.record({
    agent: fc.integer({ min: 1, max: 2 }),
    name: fc.constantFrom(
      "agent.login",
      "agent.login",
      "agent.logout",
      "agent.logout",
      "agent.status_change",
      "agent.session_message",
      "agent.session_takeover",
      "agent.session_takeover",
      "agent.session_release",
      "agent.session_transfer",
      "ticket.closed",
      "session.end",
    ),
    status: fc.constantFrom("online", "away", "busy", "offline"),
    session: fc.constantFrom("a", "b"),
    login: fc.constantFrom(undefined, undefined, "desk", "phone"),
    // Around both ends of the period, and some of them at the same instant.
    atEnd: fc.boolean(),
    offset: fc.oneof(
      fc.integer({ min: -30 * hour, max: 30 * hour }),
      fc.constantFrom(-hour, 0, 2 * hour, 6 * hour).chain((ms) => fc.integer({ min: ms - 1100, max: ms + 1100 })),
      fc.constantFrom(-1, 0, 1, heartbeat, heartbeat - 1, -12 * hour),
    ),
  }),
  { minLength: 1, maxLength: 30, size: "max" },
);

describe.each(worlds)("agent time in $timezone", ({ timezone, query, fromMs, toMs }) => {
  test("is what the definition says, in any order of delivery: clipped, lost agents logged out", async () => {
    const scenario = shift
      .map((drafts) =>
        drafts.map(({ agent, name, status, session, login, atEnd, offset }) =>
          makeEvent({
            name,
            agentId: name === "session.end" ? null : agent,
            sessionId: /session/.test(name) ? session : null,
            ticketId: name === "ticket.closed" ? 1 : null,
            occurredAtMs: (atEnd ? toMs : fromMs) + offset,
            attributes: {
              agent_id: agent,
              ...(name === "agent.status_change" ? { to_status: status } : {}),
              ...(login === undefined || /session|ticket/.test(name) ? {} : { login_id: login }),
            },
          }),
        ),
      )
      .chain((events) =>
        fc.record({
          events: fc.constant(events),
          order: arbitraryDeliveries(events.length, 1),
          nowMs: fc.oneof(fc.constant(toMs + 9 * day), fc.integer({ min: fromMs - hour, max: toMs + hour })),
        }),
      );
    await fc.assert(
      fc.asyncProperty(scenario, async ({ events: drafts, order, nowMs }) => {
        const tenantId = await useTenant(timezone, fromMs);
        const events = drafts.map((event) => changeEvent(event, { tenantId }));
        await deliver(events, order);
        const body = await readOperations(tenantId, query, nowMs);
        const endMs = Math.min(toMs, Math.max(nowMs, fromMs));
        const of = (agent: number, holds: (standing: Standing) => boolean): number =>
          timeFromScratch(events, agent, heartbeat, { fromMs, toMs: endMs }, holds);
        const everybody = [1, 2];
        for (const state of ["online", "away", "busy"]) {
          const expected = everybody.map((agent) => of(agent, (standing) => standing.state === state));
          const key = `agent_${state}_ms`;
          // Without any event of agents, nothing is known of them.
          expect(body.metrics[key].value ?? 0, state).toBe(expected.reduce((sum, ms) => sum + ms));
          for (const agent of body.agents) {
            expect(agent.metrics[key].value, `${agent.agent_id} ${state}`).toBe(expected[agent.agent_id - 1]);
          }
        }
        const total = (holds: (standing: Standing) => boolean): number =>
          everybody.reduce((sum, agent) => sum + of(agent, holds), 0);
        const occupancy = body.metrics.agent_occupancy_rate;
        expect(occupancy.numerator ?? 0).toBe(total(({ isOccupied }) => isOccupied));
        expect(occupancy.denominator ?? 0).toBe(total(({ state }) => state !== null));
        expect(occupancy.value ?? 0).toBeLessThanOrEqual(100);
      }),
      { numRuns: 25 },
    );
  });
});

test("a lost agent is logged out a heartbeat after its last event, and back with its next one", async () => {
  const tenantId = await useTenant("Asia/Shanghai", 0);
  const at = (hours: number): number => Date.UTC(2025, 11, 10) + hours * hour;
  const event = (name: string, hours: number) =>
    makeEvent({ tenantId, name, agentId: 7, occurredAtMs: at(hours), attributes: { agent_id: 7 } });
  const events = [event("agent.login", 0), event("agent.session_message", 3), event("agent.session_message", 13)];
  await deliver(events, [{ events: [0, 1, 2] }]);
  const online = async () =>
    (await readOperations(tenantId, "month=2025-12", at(400))).metrics.agent_online_ms.value / hour;
  // 0 to 7, then 13 to 17.
  expect(await online()).toBe(11);
  await deliver([event("agent.logout", 14)], [{ events: [0] }]);
  expect(await online()).toBe(8);
  await world.database.pool.query("update analytics_settings set agent_heartbeat_seconds = 1800 where tenant_id = $1", [
    tenantId,
  ]);
  expect(await online()).toBe(1.5);
});

describe("what lies far from the period is judged as what lies within", () => {
  type Draft = readonly [name: string, hours: number, attributes?: Record<string, unknown>];
  // Hours are counted from the day's midnight; an agent who is there by one message is there for a heartbeat, 4 h.
  test.each<[string, number, readonly Draft[]]>([
    [
      "an agent who logged in two days ago works on",
      4,
      [
        ["agent.login", -48],
        ["agent.session_message", 10],
      ],
    ],
    [
      "a reload two days ago after which nothing came was a logout",
      0,
      [
        ["agent.logout", -48],
        ["agent.login", -48],
        ["agent.session_message", 10],
      ],
    ],
    [
      "a logout that names no device was one of the phone too",
      0,
      [
        ["agent.login", -48, { login_id: "phone" }],
        ["agent.logout", -40],
        ["agent.session_message", 10],
      ],
    ],
    [
      "a ticket is not a sign of life where the next logout comes on another day",
      0,
      [
        ["agent.login", -48],
        ["ticket.closed", 10],
        ["agent.logout", 100],
      ],
    ],
    [
      "nor where the agent worked on after it",
      0,
      [
        ["agent.login", -48],
        ["ticket.closed", 10],
        ["agent.logout", 50],
        ["agent.session_message", 51],
      ],
    ],
    [
      "a ticket is one where the agent logs out some hours later",
      4,
      [
        ["agent.login", -48],
        ["ticket.closed", 10],
        ["agent.logout", 30],
      ],
    ],
  ])("%s: %i h", async (_case, hours, drafts) => {
    const tenantId = await useTenant("Asia/Shanghai", 0);
    const midnight = Date.UTC(2025, 11, 9, 16);
    const events = drafts.map(([name, at, attributes]) =>
      makeEvent({
        tenantId,
        name,
        agentId: 7,
        sessionId: name.startsWith("agent.session") ? "a" : null,
        ticketId: name === "ticket.closed" ? 1 : null,
        occurredAtMs: midnight + at * hour,
        attributes: { agent_id: 7, ...attributes },
      }),
    );
    await deliver(events, [{ events: events.map((_, i) => i) }]);
    const { metrics } = await readOperations(tenantId, "start_date=2025-12-10&end_date=2025-12-10", midnight + 9 * day);
    const expected = timeFromScratch(
      events,
      7,
      heartbeat,
      { fromMs: midnight, toMs: midnight + day },
      ({ state }) => state === "online",
    );
    expect(expected / hour).toBe(hours);
    expect((metrics.agent_online_ms.value ?? 0) / hour).toBe(hours);
  });
});

test.each([72, 28])(
  "an agent who logged in %i h before and has sent events since is online all day, and was the day before",
  async (hoursBefore) => {
    const tenantId = await useTenant("Asia/Kathmandu", 0);
    const midnight = Date.UTC(2025, 11, 9, 18, 15);
    const hourly = Array.from({ length: hoursBefore + 2 * 24 }, (_, i) =>
      makeEvent({
        tenantId,
        name: i === 0 ? "agent.login" : "agent.session_message",
        agentId: 7,
        occurredAtMs: midnight + (i - hoursBefore) * hour,
        attributes: { agent_id: 7 },
      }),
    );
    await deliver(hourly, [{ events: hourly.map((_, i) => i) }]);
    const { metrics } = await readOperations(tenantId, "start_date=2025-12-10&end_date=2025-12-10", midnight + 9 * day);
    expect(metrics.agent_online_ms).toMatchObject({
      value: day,
      previous: { value: day },
      change: { direction: "same" },
    });
  },
);

const chat = fc.record({
  user: fc.option(fc.constantFrom("u-1", "u-2"), { freq: 5 }),
  startMs: fc.oneof(
    fc.integer({ min: -10 * day, max: 45 * day }),
    // Returns across the end of the month.
    fc.integer({ min: 24 * day, max: 38 * day }),
    fc.constantFrom(0, 3 * day, 10 * day, 10 * day + 1, 31 * day),
  ),
  /** Null: never ended. */
  lastsMs: fc.option(fc.oneof(fc.integer({ min: 1, max: 3 * day }), fc.constantFrom(3 * day, 10 * day)), { freq: 4 }),
  isEscalated: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
  /** What arrives when days have been judged already. */
  late: fc.constantFrom("nothing", "nothing", "nothing", "everything", "session.escalate", "session.end"),
});

test("durable resolutions are those without a return within 7 days, judged up to the watermark only, whatever is kept and comes late", async () => {
  const [fromMs, toMs] = [Date.UTC(2025, 10, 30, 16), Date.UTC(2025, 11, 31, 16)];
  const first = {
    user: "u-1" as "u-1" | "u-2" | null,
    startMs: 0,
    lastsMs: (3 * day) as number | null,
    isEscalated: false,
    late: "nothing" as "nothing" | "everything" | "session.escalate" | "session.end",
  };
  const inTime = { lateByMs: 0, again: true };
  let kept = 0;
  let voided = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(chat, { minLength: 3, maxLength: 15, size: "max" }),
      fc.oneof(fc.integer({ min: -day, max: 60 * day }), fc.constant(60 * day)),
      fc.record({ lateByMs: fc.integer({ min: 0, max: 40 * day }), again: fc.boolean() }),
      async (chats, sweptMs, keeps) => {
        const tenantId = await useTenant("Asia/Shanghai", fromMs - 20 * day);
        const throughMs = fromMs + sweptMs;
        const sessions = chats.map((draft, i) => ({ ...draft, id: `s-${i + 10}`, startMs: fromMs + draft.startMs }));
        const drafts = sessions.flatMap(({ id, user, startMs, lastsMs, isEscalated, late }) => {
          const about = { session_id: id, ...(user === null ? {} : { user_id: user }) };
          const event = (name: string, atMs: number) => ({
            isLate: late === "everything" || late === name,
            event: makeEvent({
              tenantId,
              name,
              sessionId: id,
              occurredAtMs: atMs,
              attributes: name === "session.message" ? { ...about, role: "ai" } : about,
            }),
          });
          return [
            event("session.start", startMs),
            event("session.message", startMs),
            ...(isEscalated ? [event("session.escalate", startMs)] : []),
            ...(lastsMs === null ? [] : [event("session.end", startMs + lastsMs)]),
          ];
        });
        const part = async (isLate: boolean) => {
          const events = drafts.filter((draft) => draft.isLate === isLate).map(({ event }) => event);
          if (events.length > 0) await deliver(events, [{ events: events.map((_, i) => events.length - 1 - i) }]);
        };
        const client = await openWriterConnection(world.database.connectionString);
        const countKept = async () =>
          (
            await world.database.pool.query(
              "select from analytics_resolution_days where tenant_id = $1 and judged is not null",
              [tenantId],
            )
          ).rows.length;
        const keep = async () => {
          for (let rounds = 0; (await keepResolutionDays(client, tenantId)).length > 0; rounds++)
            expect(rounds).toBeLessThan(9);
        };
        await part(false);
        for await (const _ of sweepIdleSessions(client, tenantId, throughMs - keeps.lateByMs));
        await keep();
        const before = await countKept();
        kept += before;
        await part(true);
        voided += before - (await countKept());
        for await (const _ of sweepIdleSessions(client, tenantId, throughMs));
        if (keeps.again) await keep();
        await client.end();

        const resolved = sessions.filter(
          ({ startMs, lastsMs, isEscalated }) =>
            startMs >= fromMs && startMs < toMs && !isEscalated && (lastsMs !== null || startMs + day <= throughMs),
        );
        const overMs = (session: (typeof sessions)[number]) => session.startMs + (session.lastsMs ?? 0);
        const known = resolved.filter(({ user }) => user !== null);
        const judged = known.filter((session) => overMs(session) + 7 * day <= throughMs);
        const durable = judged.filter(
          (session) =>
            !sessions.some(
              (other) =>
                other.user === session.user &&
                (other.startMs > session.startMs || (other.startMs === session.startMs && other.id > session.id)) &&
                other.startMs <= overMs(session) + 7 * day,
            ),
        );
        const { metrics, notes, judged_through } = await readOperations(tenantId, "month=2025-12", toMs + 90 * day);
        expect(metrics.ai_resolution_durable_rate).toMatchObject({
          numerator: durable.length,
          denominator: judged.length,
          value: judged.length === 0 ? null : expect.closeTo((durable.length / judged.length) * 100, 5),
        });
        expect(metrics.ai_resolutions_pending.value).toBe(known.length - judged.length);
        expect(metrics.ai_resolutions_unattributed.value).toBe(resolved.length - known.length);
        expect(metrics.ai_resolution_rate.numerator).toBe(resolved.length);
        expect(judged_through).toBe(new Date(throughMs - 7 * day).toISOString());
        expect(notes.some(({ code }: { code: string }) => code === "durable_not_yet_known")).toBe(
          known.length > judged.length,
        );
      },
    ),
    {
      numRuns: 60,
      // A return after seven days to the millisecond, and one later; the watermark at the end of the seven days, and before it.
      examples: [10 * day, 10 * day + 1].flatMap((returnsMs) =>
        [60 * day, 10 * day, 10 * day - 1].map((sweptMs): [(typeof first)[], number, typeof inTime] => [
          [first, { ...first, startMs: returnsMs, lastsMs: null }],
          sweptMs,
          inTime,
        ]),
      ),
    },
  );
  // Else nothing was tried.
  expect(kept).toBeGreaterThan(100);
  expect(voided).toBeGreaterThan(10);
});

test("a customer who turns out to have returned voids the stored day", async () => {
  const at = (date: number, hours = 4) => Date.UTC(2025, 11, date, hours);
  const tenantId = await useTenant("Asia/Shanghai", at(1));
  const chatOf = (id: string, startMs: number) =>
    ["session.start", "session.message", "session.end"].map((name, i) =>
      makeEvent({
        tenantId,
        name,
        sessionId: id,
        occurredAtMs: startMs + i * minute,
        attributes: { session_id: id, user_id: "u-1", role: "ai" },
      }),
    );
  const client = await openWriterConnection(world.database.connectionString);
  await deliver(chatOf("s-1", at(5)), [{ events: [0, 1, 2] }]);
  for await (const _ of sweepIdleSessions(client, tenantId, at(25)));
  while ((await keepResolutionDays(client, tenantId)).length > 0);
  const keptDays = async () =>
    (
      await world.database.pool.query(
        "select day::text from analytics_resolution_days where tenant_id = $1 and judged is not null order by day",
        [tenantId],
      )
    ).rows.map(({ day: kept }) => kept);
  const durable = async () =>
    (await readOperations(tenantId, "month=2025-12", at(30))).metrics.ai_resolution_durable_rate;
  expect((await keptDays()).slice(0, 2)).toEqual(["2025-12-05", "2025-12-06"]);
  expect(await durable()).toMatchObject({ numerator: 1, denominator: 1 });
  await deliver(chatOf("s-2", at(11)), [{ events: [0, 1, 2] }]);
  // Its own day, and the one to which it is a return; the days between rest on nothing of it.
  expect(await keptDays()).toEqual([
    "2025-12-06",
    "2025-12-07",
    "2025-12-08",
    "2025-12-09",
    "2025-12-10",
    "2025-12-12",
    "2025-12-13",
    "2025-12-14",
    "2025-12-15",
    "2025-12-16",
    "2025-12-17",
  ]);
  expect(await durable()).toMatchObject({ numerator: 1, denominator: 2 });
  while ((await keepResolutionDays(client, tenantId)).length > 0);
  expect(await durable()).toMatchObject({ numerator: 1, denominator: 2 });
  await client.end();
});

/** The life of a ticket, in order. */
const life = fc
  .tuple(
    fc.uniqueArray(
      fc.oneof(fc.integer({ min: -40 * day, max: 45 * day }), fc.constantFrom(-1, 0, 31 * day - 1, 31 * day)),
      {
        minLength: 2,
        maxLength: 5,
      },
    ),
    fc.integer({ min: 1, max: 5 }),
    fc.boolean(),
  )
  .map(([times, steps, isKnown]) => ({ times: times.toSorted((a, b) => a - b), steps, isKnown }));
const steps = ["ticket.created", "ticket.assigned", "ticket.closed", "reopened", "ticket.closed"];

test("backlog and reopen rate are those of the tickets' lives, in any order of delivery", async () => {
  const [fromMs, toMs] = [Date.UTC(2025, 10, 30, 16), Date.UTC(2025, 11, 31, 16)];
  const scenario = fc.array(life, { minLength: 1, maxLength: 12 }).chain((lives) => {
    const tickets = lives.map(({ times, steps: many, isKnown }) =>
      times.slice(0, many).map((offset, i) => ({ step: steps[i] as string, atMs: fromMs + offset, isKnown })),
    );
    const events = tickets.flatMap((ticket, id) =>
      ticket
        .filter(({ step, isKnown }) => step !== "ticket.created" || isKnown)
        .map(({ step, atMs }) =>
          makeEvent({
            name: step === "reopened" ? "ticket.status_changed" : step,
            ticketId: id + 1,
            occurredAtMs: atMs,
            attributes: {
              ticket_id: id + 1,
              ...(step === "reopened" ? { from_status: "closed", to_status: "open" } : {}),
            },
          }),
        ),
    );
    const order: fc.Arbitrary<Delivery[]> =
      events.length === 0 ? fc.constant([]) : arbitraryDeliveries(events.length, 1);
    return fc.record({ tickets: fc.constant(tickets), events: fc.constant(events), order });
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ tickets, events, order }) => {
      const tenantId = await useTenant("Asia/Shanghai", fromMs);
      // A product that has reported: else nothing is known.
      const login = makeEvent({ tenantId, name: "agent.login", agentId: 1, occurredAtMs: fromMs - 99 * day });
      await deliver(
        [login, ...events.map((event) => changeEvent(event, { tenantId }))],
        [{ events: [0] }, ...order.map((request) => ({ events: request.events.map((i) => i + 1) }))],
      );
      const { metrics } = await readOperations(tenantId, "month=2025-12", toMs + 90 * day);
      const before = tickets.map((ticket) => ticket.filter(({ atMs }) => atMs < toMs));
      const open = before.filter((ticket) => {
        const last = ticket.findLast(({ step }) => step !== "ticket.assigned");
        return ticket[0]?.isKnown === true && last?.step !== "ticket.closed";
      });
      const closed = tickets.filter((ticket) => {
        const first = ticket.find(({ step }) => step === "ticket.closed");
        return first !== undefined && first.atMs >= fromMs && first.atMs < toMs;
      });
      const reopened = closed.filter((ticket) => ticket.some(({ step }) => step === "reopened"));
      expect(metrics.ticket_backlog.value).toBe(open.length);
      expect(metrics.ticket_backlog_unassigned.value).toBe(open.filter((ticket) => ticket.length === 1).length);
      expect(metrics.ticket_reopen_rate).toMatchObject({ numerator: reopened.length, denominator: closed.length });
    }),
    { numRuns: 40 },
  );
});

test("a ticket that was reopened twice is open from each reopening to the close after it, and no longer", async () => {
  const tenantId = await useTenant("Asia/Shanghai", 0);
  const on = (date: number, name: string, attributes: Record<string, string> = {}) =>
    makeEvent({ tenantId, name, ticketId: 1, occurredAtMs: Date.UTC(2025, 11, date), attributes });
  const again = { from_status: "resolved", to_status: "in_progress" };
  const events = [
    on(1, "ticket.created"),
    on(3, "ticket.closed"),
    on(5, "ticket.status_changed", again),
    on(7, "ticket.closed"),
    on(9, "ticket.status_changed", again),
    on(11, "ticket.closed"),
  ];
  await deliver(events, [{ events: [3, 1, 5, 0, 2, 4] }]);
  const backlogAfter = async (date: string) =>
    (await readOperations(tenantId, `start_date=2025-12-01&end_date=2025-12-${date}`, Date.UTC(2026, 5))).metrics
      .ticket_backlog.value;
  expect(await Promise.all(["02", "04", "06", "08", "10", "12"].map(backlogAfter))).toEqual([1, 0, 1, 0, 1, 0]);
});

test("figures that were never reported are null with a note; confirmed and assumed add up; a bad month is refused", async () => {
  const at = (date: number) => Date.UTC(2025, 11, date);
  const nobody = await useTenant("Asia/Shanghai", at(1));
  const empty = await readOperations(nobody, "month=2025-12", at(20));
  expect(empty).toMatchObject({ status: "empty", agents: [], working_hours: null, agent_heartbeat_seconds: 14_400 });
  expect(Object.values<any>(empty.metrics).filter(({ value, unit }) => value !== null && unit !== "ms")).toEqual([]);
  expect(empty.metrics.ticket_backlog).toMatchObject({ value: null, formatted: "—" });
  expect(empty.notes.map(({ code }: { code: string }) => code)).toEqual([
    "chatbot_never_reported",
    "workbench_never_reported",
  ]);

  const tenantId = await useTenant("Asia/Shanghai", at(1));
  const chats = ["s-1", "s-2", "s-3"].map((id) =>
    makeEvent({ tenantId, name: "session.start", sessionId: id, occurredAtMs: at(5), attributes: { session_id: id } }),
  );
  const answers = ["s-1", "s-2", "s-3"].map((id) =>
    makeEvent({ tenantId, name: "session.message", sessionId: id, occurredAtMs: at(5), attributes: { role: "ai" } }),
  );
  const reason = { reason: "resolved" };
  const events = [
    ...chats,
    ...answers,
    makeEvent({ tenantId, name: "session.start", sessionId: "s-4", occurredAtMs: at(5) }),
    makeEvent({ tenantId, name: "session.end", sessionId: "s-2", occurredAtMs: at(5), attributes: reason }),
  ];
  await deliver(events, [{ events: events.map((_, i) => events.length - 1 - i) }]);
  const client = await openWriterConnection(world.database.connectionString);
  for await (const _ of sweepIdleSessions(client, tenantId, at(19)));
  await client.end();
  const { metrics, notes } = await readOperations(tenantId, "month=2025-12", at(20));
  expect(metrics.ai_resolved_confirmed.value).toBe(1);
  expect(metrics.ai_resolution_confirmed_rate).toMatchObject({ numerator: 1, denominator: 4 });
  expect(metrics.ai_resolution_assumed_rate).toMatchObject({ numerator: 2, denominator: 4 });
  expect(metrics.ai_involvement_rate).toMatchObject({ numerator: 3, denominator: 4 });
  expect(metrics.ai_resolution_durable_rate).toMatchObject({ value: null, denominator: 0 });
  expect(notes).toMatchObject([{ code: "workbench_never_reported" }, { code: "durable_without_customer", count: 3 }]);

  const app = await openStatsApp(world.database.pool, "2025-12-20T00:00:00Z");
  const refused = await get(app, "operations?month=2025-13", tenantId);
  expect(refused).toMatchObject({ status: 400, body: { error: { parameter: "month" } } });
  await app.close();
});
