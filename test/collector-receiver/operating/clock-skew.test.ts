import { afterEach, expect, test, vi } from "vitest";
import { LateLog } from "../../../collector-receiver/src/ingest/late-log.ts";
import { DatabaseClock } from "../../../collector-receiver/src/storage/wire/database-clock.ts";
import { ClockComparison } from "../../../collector-receiver/src/upkeep/compare-clocks.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";

afterEach(() => vi.useRealTimers());

const hour = 3_600_000;
const day = 24 * hour;

/** Sets this process's date, and lets all timers be. */
function shiftDate(byMs: number): number {
  const realMs = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: realMs + byMs });
  return realMs;
}

test.each([
  ["ahead", 3 * day],
  ["behind", -3 * day],
  ["ahead by hours", 5 * hour],
])(
  "a receiver whose clock is %s goes by PostgreSQL's: events, today and metrics, and it raises an alarm once",
  async (_, byMs) => {
    const realMs = shiftDate(byMs);
    const { url, log, database } = await startTestReceiver({ BUSINESS_TIMEZONE: "UTC" });
    const send = async (atMs: number) => {
      const body = tracesWith([{ name: "session.start", attributes: { session_id: `at-${atMs}` }, atMs }]);
      const answer = await fetch(`${url}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      return (await answer.json()) as object;
    };
    expect(await send(realMs)).toEqual({});
    // It waits for its time, and one that is years ahead is rejected.
    expect(await send(realMs + 2 * day)).toEqual({});
    expect(await send(realMs + 800 * day)).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    const live = (await (await fetch(`${url}/api/analytics/live`)).json()) as { as_of: string };
    expect(Math.abs(Date.parse(live.as_of) - realMs)).toBeLessThan(10 * 60_000);
    const summary = (await (await fetch(`${url}/api/analytics/summary`)).json()) as { as_of: string };
    expect(Math.abs(Date.parse(summary.as_of) - realMs)).toBeLessThan(10 * 60_000);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const skew = Number(/^spanledger_clock_skew_seconds (\S+)$/m.exec(metrics)?.[1]);
    expect(Math.abs(skew * 1000 + byMs)).toBeLessThan(10 * 60_000);
    const lag = Number(/^spanledger_commit_lag_seconds_sum (\S+)$/m.exec(metrics)?.[1]);
    expect(lag).toBeLessThan(600);
    const alarms = log.filter((line) => line["alarm"] === "clock_skew");
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatchObject({
      msg: expect.stringContaining(byMs > 0 ? "is behind this machine's" : "is ahead of this machine's"),
      err: { skewSeconds: expect.any(Number) },
    });
    const { rows } = await database.pool.query(
      "select (select count(*)::int from analytics_events) as events, (select count(*)::int from analytics_waiting_events) as waiting",
    );
    expect(rows).toEqual([{ events: 1, waiting: 1 }]);
  },
);

test("clocks that agree raise nothing, and their agreement after an alarm is one line", async () => {
  const lines: string[] = [];
  const comparison = new ClockComparison({
    log: { info: (line: unknown) => lines.push(`info: ${String(line)}`) } as never,
    onAlarm: (code) => lines.push(`alarm: ${code}`),
  });
  const skewed = async (skewMs: number, roundTripMs = 0) => {
    const ms = Date.now() + skewMs;
    const query = async () => {
      await new Promise((resolve) => setTimeout(resolve, roundTripMs));
      return { rows: [{ ms }] };
    };
    comparison.compare(await DatabaseClock.measure({ query } as never));
  };
  await skewed(0);
  await skewed(59_000);
  // An answer that took seconds may be that much off.
  await skewed(63_500, 3_000);
  expect(lines).toEqual([]);
  for (const skewMs of [62_000, 70_000, -80_000]) await skewed(skewMs);
  await skewed(1_000);
  await skewed(2_000);
  expect(lines).toEqual([
    ...Array.from({ length: 3 }, () => "alarm: clock_skew"),
    expect.stringMatching(/agree again$/),
  ]);
});

test("late commits are one line when they begin and one when none was late for five minutes", () => {
  const lines: string[] = [];
  const say = (_: unknown, line: string): void => void lines.push(line);
  let nowMs = 0;
  const late = new LateLog({ warn: say, info: say } as never, () => nowMs);
  const commit = (lagMs: number) => late.committed([{ occurredAtMs: 0 }, { occurredAtMs: -lagMs }], 0);
  late.committed([], 1e9);
  commit(59_000);
  expect(lines).toEqual([]);
  // A product whose clock is behind, beside one that is right.
  for (let second = 0; second < 600; second++) {
    nowMs = second * 1000;
    commit(second % 2 === 0 ? 312_000 : 100);
  }
  expect(lines).toEqual([expect.stringMatching(/^events are committed late, now 312 s after they happened/)]);
  nowMs = 898_000;
  commit(100);
  expect(lines[1]).toMatch(/within a minute again; they were late for 10 min$/);
  commit(100);
  expect(lines).toHaveLength(2);
});
