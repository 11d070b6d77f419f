import { describe, expect, test } from "vitest";
import { readLive } from "../../../collector-receiver/src/stats/live.ts";
import { Remembered } from "../../../collector-receiver/src/stats/remembered.ts";
import { renderLive } from "../../../collector-receiver/src/web/live/render-live.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { seedSettings } from "../stats/seed-counters.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";

/** A Monday, at 14:00 in Shanghai. */
const nowMs = Date.parse("2025-12-15T14:00:00+08:00");
const minute = 60_000;
const dayMs = 24 * 60 * minute;
const world = shareTestIngest();
let tenants = 0;

type Told = readonly [
  name: string,
  agoMs: number,
  of: { session?: string; agent?: number; ticket?: number },
  attributes?: Record<string, string | number | boolean>,
];

/** A tenant of its own that told these events, and what its wall shows at that moment. */
async function wallOf(told: readonly Told[], atMs = nowMs) {
  const tenantId = `wall-${++tenants}`;
  // Nobody has swept since then: what is silent for a day by today's clock has not ended yet.
  const idleThrough = new Date(nowMs - 60 * dayMs).toISOString();
  await seedSettings(world.database.pool, tenantId, { timezone: "Asia/Shanghai", idleThrough });
  const events = told.map(([name, agoMs, { session, agent, ticket }, attributes = {}]) =>
    makeEvent({
      name,
      tenantId,
      sessionId: session ?? null,
      agentId: agent ?? null,
      ticketId: ticket ?? null,
      occurredAtMs: nowMs - agoMs,
      attributes: {
        ...attributes,
        ...(session === undefined ? {} : { session_id: session }),
        ...(agent === undefined ? {} : { agent_id: agent }),
        ...(ticket === undefined ? {} : { ticket_id: ticket }),
      },
      test: attributes["test"] === true,
    }),
  );
  await world.ingest.submit(requestOf(events), 100);
  return readLive({ pool: world.database.pool, now: () => atMs }, tenantId);
}

describe("who waits", () => {
  const start: Told = ["session.start", 100 * minute, { session: "s" }];
  const escalate = (agoMs: number): Told => ["session.escalate", agoMs, { session: "s" }];
  const message = (agoMs: number): Told => ["session.message", agoMs, { session: "s" }, { role: "user" }];

  test.each<[string, Told[], number, number | null]>([
    ["asked a minute ago", [start, escalate(minute)], 1, minute],
    ["asked long ago and is still there", [start, escalate(90 * minute), message(29 * minute)], 1, 90 * minute],
    ["was active exactly 30 minutes ago", [start, escalate(90 * minute), message(30 * minute)], 1, 90 * minute],
    ["fell silent before that", [start, escalate(90 * minute), message(30 * minute + 1)], 0, null],
    ["asked twice: since the first time", [start, escalate(20 * minute), escalate(minute)], 1, 20 * minute],
    ["never asked", [start, message(minute)], 0, null],
    [
      "was taken over",
      [start, escalate(5 * minute), ["agent.session_takeover", minute, { session: "s", agent: 7 }]],
      0,
      null,
    ],
    ["has ended", [start, escalate(5 * minute), ["session.end", minute, { session: "s" }]], 0, null],
    ["is a test", [start, ["session.escalate", minute, { session: "s" }, { test: true }]], 0, null],
    ["began before anybody recorded it", [escalate(minute)], 1, minute],
  ])("%s", async (_, told, waiting, longestMs) => {
    const { situation } = await wallOf(told);
    expect(situation).toMatchObject({
      waiting,
      waiting_since: longestMs === null ? null : new Date(nowMs - longestMs).toISOString(),
    });
  });

  test("several wait, and another tenant's wait elsewhere", async () => {
    await wallOf([start, escalate(minute)]);
    const { situation } = await wallOf([
      ["session.escalate", 3 * minute, { session: "a" }],
      ["session.escalate", 2 * minute, { session: "b" }],
    ]);
    expect(situation).toMatchObject({ waiting: 2, waiting_since: new Date(nowMs - 3 * minute).toISOString() });
  });
});

describe("who is there", () => {
  const login = (agent: number): Told => ["agent.login", 60 * minute, { agent }];
  const status = (agent: number, to: string): Told => [
    "agent.status_change",
    10 * minute,
    { agent },
    { to_status: to },
  ];
  test.each<[string, Told[], number, number]>([
    ["logged in", [login(7)], 1, 1],
    [
      "logged in and holds a conversation",
      [
        login(7),
        ["agent.session_takeover", 20 * minute, { session: "s", agent: 7 }],
        ["agent.session_message", minute, { session: "s", agent: 7 }],
        ["agent.session_message", -minute, { session: "s", agent: 7 }],
      ],
      1,
      0,
    ],
    [
      "released it",
      [
        login(7),
        ["agent.session_takeover", 20 * minute, { session: "s", agent: 7 }],
        ["agent.session_release", 2 * minute, { session: "s", agent: 7 }],
      ],
      1,
      1,
    ],
    ["says to be busy", [login(7), status(7, "忙碌")], 1, 0],
    ["is away", [login(7), status(7, "lunch")], 0, 0],
    ["logged out", [login(7), ["agent.logout", minute, { agent: 7 }]], 0, 0],
    ["each agent by itself", [login(7), login(8), login(9), status(8, "busy"), status(9, "away")], 2, 1],
  ])("%s", async (_, told, online, free) => {
    const { situation } = await wallOf(told);
    expect(situation).toMatchObject({ agents_online: online, agents_free: free });
  });

  test("nothing is said of a workbench that never reported", async () => {
    const live = await wallOf([["session.start", minute, { session: "s" }]]);
    expect(live.situation).toMatchObject({ agents_online: null, agents_free: null, ticket_backlog: null });
    expect(renderLive(live, "en", { sampleData: false })).toMatch(
      /Agents free<\/h3>\s*<p class="big" data-field="agents_free">—</,
    );
  });
});

test("the backlog is the tickets that are open now", async () => {
  const { situation } = await wallOf([
    ["ticket.created", 40 * dayMs, { ticket: 1 }],
    ["ticket.created", minute, { ticket: 2 }],
    ["ticket.created", 2 * minute, { ticket: 3 }],
    ["ticket.closed", minute, { ticket: 3 }],
  ]);
  expect(situation.ticket_backlog).toBe(2);
});

test("today stands beside the same weekday of the last four weeks, up to the same time of day", async () => {
  const sessionsAt = (daysAgo: number, agoMs: number, count: number, escalated: number): Told[] =>
    Array.from({ length: count }, (_, i) => {
      const session = `d${daysAgo}-${agoMs}-${i}`;
      const start: Told = ["session.start", daysAgo * dayMs + agoMs, { session }];
      return i < escalated
        ? [start, ["session.escalate", daysAgo * dayMs + agoMs, { session }] satisfies Told]
        : [start];
    }).flat();
  const history = [
    ...sessionsAt(7, minute, 3, 1),
    // Later than this time of day, on another weekday, and more than four weeks ago.
    ...sessionsAt(7, -minute, 5, 0),
    ...sessionsAt(6, minute, 7, 0),
    ...sessionsAt(35, minute, 9, 0),
    // From the first moment of the day.
    ...sessionsAt(14, 14 * 60 * minute, 2, 2),
    ...sessionsAt(14, 14 * 60 * minute + 1, 4, 0),
  ];
  const { usual } = await wallOf(history);
  expect(usual).toEqual({ days: 4, total_sessions: 5 / 4, escalated_sessions: 3 / 4 });
  const young = await wallOf([...sessionsAt(7, minute, 3, 1), ...sessionsAt(0, minute, 1, 0)]);
  expect(young.usual).toEqual({ days: 1, total_sessions: 3, escalated_sessions: 1 });
  expect(renderLive(young, "en", { sampleData: false })).toContain("Usually 3 by this time");
  const first = await wallOf(sessionsAt(0, minute, 1, 0));
  expect(first.usual).toBe(null);
  expect(renderLive(first, "en", { sampleData: false })).toContain("Nothing to compare with yet");
});

describe("what is remembered", () => {
  test("is read once by all who ask meanwhile, and again after a failure", async () => {
    const remembered = new Remembered<number>(3_600_000);
    let reads = 0;
    const read = async (): Promise<number> => {
      reads++;
      await Promise.resolve();
      if (reads === 1) throw new Error("the database is away");
      return reads;
    };
    const first = await Promise.allSettled([remembered.get(read), remembered.get(read)]);
    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await Promise.all([remembered.get(read), remembered.get(read)])).toEqual([2, 2]);
    expect(await remembered.get(read)).toBe(2);
    expect(reads).toBe(2);
  });

  test("is read again once it is too old", async () => {
    const remembered = new Remembered<number>(0);
    let reads = 0;
    const read = async (): Promise<number> => ++reads;
    await remembered.get(read);
    await expect.poll(() => remembered.get(read), { timeout: 30_000 }).toBeGreaterThan(1);
  });
});
