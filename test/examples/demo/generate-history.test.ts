import { findEventDefinition } from "@spanledger/sdk/event-catalogue";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generateHistory } from "../../../examples/demo/history/generate-history.ts";
import type { HistoryEvent } from "../../../examples/demo/history/history-event.ts";
import { sampleNotes, versionOf } from "../../../examples/demo/history/sample-incidents.ts";
import {
  dateOf,
  dayOf,
  demandOf,
  firstDayOfMonth,
  monthOf,
  startOfDay,
  weekday,
} from "../../../examples/demo/history/sample-calendar.ts";

const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const far = Date.UTC(2100, 0, 1);
const arbitraryRange = fc
  .record({
    seed: fc.string({ maxLength: 8 }),
    firstDay: fc.integer({ min: day("2025-01-01"), max: day("2027-12-01") }),
    days: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ seed, firstDay, days }) => ({ seed, firstDay, lastDay: firstDay + days - 1, untilMs: far }));

/** What one of the sessions, agents or tickets went through, in the order of time. */
function groupBy(events: readonly HistoryEvent[], attribute: string): HistoryEvent[][] {
  const groups = Map.groupBy(events, (event) => event.attributes[attribute]);
  groups.delete(undefined as never);
  return [...groups.values()];
}

describe("any range of the sample history", () => {
  test("is the same each time, and a prefix of it is what a shorter time gives", () => {
    fc.assert(
      fc.property(arbitraryRange, fc.double({ min: 0, max: 1, noNaN: true }), (range, share) => {
        const all = generateHistory(range);
        const untilMs = startOfDay(range.firstDay) + share * (range.lastDay + 1 - range.firstDay) * 86_400_000;
        const early = generateHistory({ ...range, untilMs });
        expect(early).toEqual(all.filter((event) => event.occurredAtMs < untilMs));
        // A longer range adds days and changes none.
        const more = new Set(
          generateHistory({ ...range, firstDay: range.firstDay - 1, lastDay: range.lastDay + 1 }).map((e) => e.eventId),
        );
        expect(all.every((event) => more.has(event.eventId))).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test("has ids that are unique, in the order of time, and carry the time", () => {
    fc.assert(
      fc.property(arbitraryRange, (range) => {
        const events = generateHistory(range);
        expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length);
        for (const [place, event] of events.entries()) {
          expect(event.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
          expect(Number.parseInt(event.eventId.replaceAll("-", "").slice(0, 12), 16)).toBe(event.occurredAtMs);
          expect(event.occurredAtMs).toBeGreaterThanOrEqual(events[place - 1]?.occurredAtMs ?? 0);
        }
      }),
      { numRuns: 10 },
    );
  });

  test("satisfies the catalogue: attributes known, required ones there, types and bounds right", () => {
    fc.assert(
      fc.property(arbitraryRange, (range) => {
        for (const event of generateHistory(range)) {
          const { attributes } = findEventDefinition(event.name)!;
          for (const [name, definition] of Object.entries(attributes)) {
            const value = event.attributes[name];
            if (value === undefined) {
              expect(definition.required, `${event.name} without ${name}`).toBeUndefined();
              continue;
            }
            const isInteger = Number.isSafeInteger(value);
            if (definition.type === "int") expect(isInteger, `${event.name} ${name} = ${value}`).toBe(true);
            else expect(typeof value).toBe(definition.type === "double" ? "number" : definition.type);
            if (typeof value === "number") {
              expect(value).toBeGreaterThanOrEqual(definition.minimum ?? -2_147_483_648);
              expect(value).toBeLessThanOrEqual(definition.maximum ?? 2_147_483_647);
            }
          }
          const known = new Set([...Object.keys(attributes), "user_id"]);
          expect(Object.keys(event.attributes).filter((name) => !known.has(name))).toEqual([]);
        }
      }),
      { numRuns: 10 },
    );
  });

  test("tells stories that make sense", () => {
    fc.assert(
      fc.property(arbitraryRange, (range) => {
        const events = generateHistory(range);
        for (const session of groupBy(events, "session_id")) {
          const names = session.map((event) => event.name);
          expect(names[0]).toBe("session.start");
          expect(names.filter((name) => name === "session.start")).toHaveLength(1);
          expect(names.filter((name) => name === "session.end").length).toBeLessThanOrEqual(1);
          const takeover = names.indexOf("agent.session_takeover");
          if (takeover < 0) {
            expect(names.some((name) => name.startsWith("agent."))).toBe(false);
            continue;
          }
          const escalation = session[names.indexOf("session.escalate")]!;
          const waited = (session[takeover]!.occurredAtMs - escalation.occurredAtMs) / 1_000;
          expect(waited).toBeCloseTo(session[takeover]!.attributes["wait_duration_seconds"] as number, 0);
          const release = session.find((event) => event.name === "agent.session_release")!;
          const handled = (release.occurredAtMs - session[takeover]!.occurredAtMs) / 1_000;
          expect(handled).toBeCloseTo(release.attributes["handle_duration_seconds"] as number, 0);
          const written = names.filter((name) => name === "agent.session_message").length;
          expect(release.attributes["message_count"]).toBe(written);
        }
        for (const ticket of groupBy(events, "ticket_id")) {
          const [created] = ticket;
          expect(created!.name).toBe("ticket.created");
          const closes = ticket.filter((event) => event.name === "ticket.closed");
          for (const closed of closes) {
            const hours = (closed.occurredAtMs - created!.occurredAtMs) / 3_600_000;
            expect(hours).toBeCloseTo(closed.attributes["resolution_duration_hours"] as number, 3);
          }
          let status = "open";
          for (const event of ticket.filter(({ name }) => name === "ticket.status_changed")) {
            expect(event.attributes["from_status"]).toBe(status);
            status = event.attributes["to_status"] as string;
          }
          // Closed as often as it was reopened, and once more, unless it is open at the end.
          const reopened = ticket.filter((event) => event.attributes["from_status"] === "closed").length;
          expect(reopened).toBeLessThanOrEqual(1);
          expect(closes).toHaveLength(reopened + (status === "closed" ? 1 : 0));
        }
        const logins = events.filter((event) => event.name === "agent.login").length;
        expect(events.filter((event) => event.name === "agent.logout")).toHaveLength(logins);
      }),
      { numRuns: 15 },
    );
  });
});

describe("two months of it", () => {
  const history = generateHistory({
    seed: "spanledger",
    firstDay: day("2026-09-01"),
    lastDay: day("2026-10-31"),
    untilMs: far,
  });
  const named = (name: string): HistoryEvent[] => history.filter((event) => event.name === name);

  test("hold every event of the plan, ratings, and a few thousand sessions", () => {
    expect(new Set(history.map((event) => event.name)).size).toBe(18);
    expect(named("session.feedback").length / named("session.start").length).toBeCloseTo(0.17, 1);
    expect(named("session.start").length).toBeGreaterThan(2_500);
    expect(named("session.start").length).toBeLessThan(6_000);
  });

  test("reopen one closed ticket in twenty or so, and leave a backlog of a few dozen", () => {
    const reopened = history.filter((event) => event.attributes["from_status"] === "closed").length;
    const closedOnce = new Set(named("ticket.closed").map((event) => event.attributes["ticket_id"])).size;
    expect(reopened / closedOnce).toBeGreaterThan(0.02);
    expect(reopened / closedOnce).toBeLessThan(0.1);
    const open = named("ticket.created").length + reopened - named("ticket.closed").length;
    expect(open).toBeGreaterThan(10);
    expect(open).toBeLessThan(80);
  });

  test("have answer times whose logarithms are spread evenly around the median", () => {
    const times = named("session.message").map((event) => event.attributes["response_time_ms"] as number);
    const logarithms = times.map(Math.log).sort((a, b) => a - b);
    const at = (share: number): number => logarithms[Math.floor(share * logarithms.length)]!;
    expect(Math.exp(at(0.5))).toBeGreaterThan(1_000);
    expect(Math.exp(at(0.5))).toBeLessThan(2_000);
    expect((at(0.9) - at(0.5)) / (at(0.5) - at(0.1))).toBeCloseTo(1, 0);
  });

  test("are busier at the weekend than on Wednesdays, and in the evening than in the morning", () => {
    const starts = named("session.start");
    const on = (weekdays: readonly number[]): number =>
      starts.filter((event) => weekdays.includes(weekday(dayOf(event.occurredAtMs)))).length / weekdays.length;
    expect(on([0, 6])).toBeGreaterThan(on([2, 3, 4]) * 1.1);
    const hours = (from: number, to: number): number =>
      starts.filter(({ occurredAtMs }) => {
        const hour = new Date(occurredAtMs + 8 * 3_600_000).getUTCHours();
        return hour >= from && hour < to;
      }).length;
    expect(hours(18, 24)).toBeGreaterThan(2 * hours(6, 12));
  });
});

describe("thirteen months of it", () => {
  const history = generateHistory({
    seed: "spanledger",
    firstDay: day("2025-11-01"),
    lastDay: day("2026-11-30"),
    untilMs: far,
  });
  const on = (name: string, from: string, to: string): HistoryEvent[] => {
    const [start, end] = [startOfDay(day(from)), startOfDay(day(to) + 1)];
    return history.filter((event) => event.name === name && event.occurredAtMs >= start && event.occurredAtMs < end);
  };

  test("are not more than a busy machine can load within a minute", () => {
    expect(history.length).toBeGreaterThan(100_000);
    expect(history.length).toBeLessThan(220_000);
  });

  test("have a campaign in each month, and days on which a release fails look-ups and answers slowly", () => {
    for (let month = 1; month <= 11; month++) {
      const campaign = Date.UTC(2026, month - 1, 16) / 86_400_000;
      expect(demandOf(campaign) / demandOf(campaign + 7), `month ${month}`).toBeGreaterThan(1.4);
    }
    const startsOf = (dates: readonly [string, string]): number => on("session.start", ...dates).length;
    expect(startsOf(["2026-10-16", "2026-10-18"])).toBeGreaterThan(1.2 * startsOf(["2026-10-23", "2026-10-25"]));
    const failed = (from: string, to: string): number => {
      const queries = [...on("query.order", from, to), ...on("query.tracking", from, to)];
      return queries.filter((event) => event.attributes["success"] === false).length / queries.length;
    };
    const answer = (from: string, to: string): number => {
      const times = on("session.message", from, to).map((event) => event.attributes["response_time_ms"] as number);
      return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;
    };
    for (const month of ["2026-02", "2026-05", "2026-08", "2026-11"]) {
      expect(failed(`${month}-07`, `${month}-08`)).toBeGreaterThan(3 * failed(`${month}-10`, `${month}-15`));
      expect(answer(`${month}-07`, `${month}-08`)).toBeGreaterThan(1.7 * answer(`${month}-10`, `${month}-15`));
      expect([6, 7, 8, 9].map((d) => versionOf(day(`${month}-0${d}`)))).toMatchObject([
        expect.stringMatching(/\.0$/),
        expect.stringMatching(/\.0$/),
        expect.stringMatching(/\.0$/),
        expect.stringMatching(/\.1$/),
      ]);
    }
  });

  test("hold conversations of every outcome in every month", () => {
    const classes = new Map<string, Map<string, number>>();
    for (const events of groupBy(history, "session_id")) {
      const has = (name: string): boolean => events.some((event) => event.name === name);
      const end = events.find((event) => event.name === "session.end")?.attributes["reason"];
      const outcome = has("agent.session_takeover")
        ? has("session.message")
          ? "assisted"
          : "human only"
        : has("session.escalate")
          ? "untaken"
          : !has("session.message")
            ? "unanswered"
            : end === "unresolved"
              ? "not resolved"
              : end === "customer_closed" || end === "resolved"
                ? "confirmed"
                : "assumed";
      const month = dateOf(dayOf(events[0]!.occurredAtMs)).slice(0, 7);
      const counts = classes.get(month) ?? new Map<string, number>();
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      classes.set(month, counts);
    }
    expect(classes.size).toBe(13);
    for (const [month, counts] of classes) {
      expect(counts.size, month).toBe(7);
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      expect(Math.min(...counts.values()), month).toBeGreaterThan(5);
      const byAi = (counts.get("confirmed")! + counts.get("assumed")!) / total;
      expect(byAi, month).toBeGreaterThan(0.65);
      expect(byAi, month).toBeLessThan(0.85);
    }
  });

  test("have notes on what happened, each on its day", () => {
    const notes = sampleNotes(day("2026-10-01"), day("2026-11-30"));
    expect(notes.map(({ atMs }) => dateOf(dayOf(atMs)))).toEqual(["2026-10-16", "2026-11-09", "2026-11-16"]);
  });
});

test("the calendar: Black Friday doubles an ordinary Friday, and the shop grows", () => {
  expect(demandOf(day("2026-11-27")) / demandOf(day("2026-11-20"))).toBeGreaterThan(1.9);
  expect(demandOf(day("2026-06-10"))).toBeGreaterThan(demandOf(day("2025-06-11")));
});

test("months are those of Shanghai", () => {
  const newYear = Date.parse("2025-12-31T16:30:00Z");
  expect(monthOf(newYear, 0)).toBe("2026-01");
  expect(monthOf(newYear, 1)).toBe("2025-12");
  expect(dateOf(firstDayOfMonth(newYear, 1))).toBe("2025-12-01");
  expect(dateOf(dayOf(newYear))).toBe("2026-01-01");
});
