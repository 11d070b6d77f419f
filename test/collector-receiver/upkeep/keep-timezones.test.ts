import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { businessCalendarOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import {
  firstDifference,
  timezoneStretches,
  type Stretch,
} from "../../../collector-receiver/src/metrics/timezone-offsets.ts";
import { storeTimezoneStretches } from "../../../collector-receiver/src/storage/settings/store-timezones.ts";
import { checkTimezones } from "../../../collector-receiver/src/operating/doctor/check-timezones.ts";
import { changeSettings } from "../../../collector-receiver/src/upkeep/change-settings.ts";
import { keepTimezone, keepTimezones } from "../../../collector-receiver/src/upkeep/keep-timezones.ts";
import {
  openWriterConnection,
  type WriterConnection,
} from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { createTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { useRole } from "../../support/use-role.ts";
import { seedSettings } from "../stats/seed-counters.ts";

const dayMs = 86_400_000;
const zones = [...Intl.supportedValuesOf("timeZone"), "CET", "EST", "+08:00", "-03:30"];

let database: TestDatabase;
let client: WriterConnection;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await openWriterConnection(database.connectionString);
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

describe("PostgreSQL cuts days where Node does", () => {
  /** Until 2011 their clocks went back at 00:01, and the day began twice. */
  const beganTwice = new Set(["America/St_Johns", "America/Goose_Bay", "America/Moncton"]);
  const sample = fc.record({
    zone: fc.constantFrom(...zones),
    ms: fc.array(fc.integer({ min: Date.UTC(2000, 0, 1) / 60_000, max: Date.UTC(2031, 0, 1) / 60_000 }), {
      minLength: 1,
      maxLength: 100,
    }),
  });

  /** Where summer time once lasted a week. */
  const shortSummer = { zone: "America/Boa_Vista", ms: [Date.UTC(2000, 9, 10, 3, 30) / 60_000] };

  const changesOf = (zone: string): number[] =>
    timezoneStretches(zone, Date.UTC(2031, 0, 1)).flatMap(({ startMs }) => startMs ?? []);

  test("at any instant, in any timezone", async () => {
    await fc.assert(
      fc.asyncProperty(sample, async ({ zone, ms: minutes }) => {
        await keepTimezone(client, zone);
        const calendar = businessCalendarOf(zone);
        const clockChanges = changesOf(zone);
        const instants = [
          ...minutes.map((minute) => minute * 60_000),
          ...clockChanges.flatMap((ms) => [ms - 60_000, ms, ms + 3_600_000]),
        ];
        const { rows } = await database.pool.query(
          "select spanledger_day_of($1, to_timestamp(ms / 1000))::text as day from unnest($2::float8[]) with ordinality as u (ms, place) order by place",
          [zone, instants],
        );
        expect(rows.map(({ day }) => day)).toEqual(instants.map((ms) => calendar.dayOf(ms)));
      }),
      { numRuns: propertyRuns(40), examples: [[shortSummer]] },
    );
  });

  test("and lets them begin at the same instants", async () => {
    await fc.assert(
      fc.asyncProperty(sample, async ({ zone, ms: minutes }) => {
        fc.pre(!beganTwice.has(zone));
        await keepTimezone(client, zone);
        const calendar = businessCalendarOf(zone);
        const clockChanges = changesOf(zone);
        const days = [...minutes.map((minute) => minute * 60_000), ...clockChanges].map((ms) =>
          new Date(ms).toISOString().slice(0, 10),
        );
        const { rows } = await database.pool.query(
          "select spanledger_start_of_day($1, day) as start from unnest($2::date[]) with ordinality as u (day, place) order by place",
          [zone, days],
        );
        expect(rows.map(({ start }) => start.getTime())).toEqual(days.map((day) => calendar.startOfDay(day)));
      }),
      { numRuns: propertyRuns(40), examples: [[shortSummer]] },
    );
  });
});

describe("a range of days", () => {
  const zone = "Europe/Berlin";
  const between = async (from: string, to: string): Promise<[string, string]> => {
    await keepTimezone(client, zone);
    const { rows } = await database.pool.query(
      "select first_day::text, last_day::text from spanledger_days_between($1, $2, $3)",
      [zone, from, to],
    );
    return [rows[0].first_day, rows[0].last_day];
  };

  test.each([
    ["whole days", "2026-07-01T00:00:00+02", "2026-07-31T23:59:59.999+02", "2026-07-01", "2026-07-31"],
    ["up to midnight", "2026-07-01T00:00:00+02", "2026-08-01T00:00:00+02", "2026-07-01", "2026-07-31"],
    ["of a clock an hour ahead", "2026-06-30T23:00:00+02", "2026-07-31T22:59:59.999+02", "2026-07-01", "2026-07-31"],
    ["of a clock an hour behind", "2026-07-01T01:00:00+02", "2026-08-01T00:59:59.999+02", "2026-07-01", "2026-07-31"],
    ["of one day, half an hour behind", "2026-07-01T00:30:00+02", "2026-07-02T00:30:00+02", "2026-07-01", "2026-07-01"],
    ["over a change of clocks", "2026-03-29T00:00:00+01", "2026-03-30T00:00:00+02", "2026-03-29", "2026-03-29"],
    ["of the last day, at any minute", "2026-06-30T23:17:00+02", "2026-07-01T23:17:00+02", "2026-06-30", "2026-07-01"],
    ["of an hour around midnight", "2026-06-30T23:30:00+02", "2026-07-01T00:30:00+02", "2026-06-30", "2026-07-01"],
    ["of seven hours over midnight", "2026-06-30T23:15:00+02", "2026-07-01T06:15:00+02", "2026-06-30", "2026-07-01"],
    ["more than an hour off", "2026-06-30T22:00:00+02", "2026-07-01T22:00:00+02", "2026-06-30", "2026-07-01"],
  ])("%s", async (_, from, to, first, last) => {
    expect(await between(from, to)).toEqual([first, last]);
  });
});

describe("what is stored of a timezone", () => {
  const zone = "America/Edmonton";
  const { version, own } = {
    version: process.versions["tz"] as string,
    own: timezoneStretches(zone, Date.UTC(2040, 0, 1)),
  };
  const since = (ms: number): Stretch[] => [
    ...own.filter(({ startMs }) => (startMs ?? 0) < ms),
    { startMs: ms, offsetSeconds: 3600 },
  ];

  /** What keepTimezones warns of, and the version that is stored then, if one stood there before. */
  async function keepAfter(version: string, stretches: readonly Stretch[], knownUntilMs = Date.UTC(2040, 0, 1)) {
    await database.pool.query("delete from analytics_timezones");
    await storeTimezoneStretches(client, zone, { version, knownUntilMs, stretches });
    const warnings: string[] = [];
    await keepTimezones(client, [zone], { warn: (_: unknown, text?: string) => void warnings.push(String(text)) });
    const { rows } = await database.pool.query(
      "select version, known_until from analytics_timezones where timezone = $1",
      [zone],
    );
    return { warnings, ...rows[0] };
  }

  test("is replaced by a newer version, with a warning if days that are over differ", async () => {
    const past = Date.now() - 40 * dayMs;
    const date = new Date(past).toISOString().slice(0, 10);
    const { warnings, version: stored } = await keepAfter("2001a", since(past));
    expect(stored).toBe(version);
    expect(warnings).toEqual([
      expect.stringMatching(new RegExp(`${zone} differ from ${date} on.* 2001a.*spanledger rebuild`)),
    ]);
    expect(await keepAfter("2001a", own)).toMatchObject({ warnings: [], version });
    expect(await keepAfter("2001a", since(Date.now() + 40 * dayMs))).toMatchObject({ warnings: [], version });
  });

  test("stays if a newer version said it", async () => {
    const { warnings, version: stored } = await keepAfter("2999z", since(Date.now() - 40 * dayMs));
    expect(stored).toBe("2999z");
    expect(warnings).toEqual([expect.stringMatching(/dashboards go by version 2999z.*Update Node here/)]);
    expect(await checkTimezones(client as never, zone)).toEqual(["warning", warnings[0]]);
    await keepTimezone(client, zone);
    const { rows } = await database.pool.query("select version from analytics_timezones where timezone = $1", [zone]);
    expect(rows).toEqual([{ version: "2999z" }]);
  });

  test("is computed again once it ends too soon, and else left alone", async () => {
    const soon = new Date().getUTCFullYear() + 2;
    expect((await keepAfter(version, own, Date.UTC(soon, 0, 1))).known_until.getUTCFullYear()).toBe(soon + 4);
    expect((await keepAfter(version, own)).known_until.getUTCFullYear()).toBe(2040);
  });

  test("is there for each tenant, also by the receiver's role, and once `settings` changes a timezone", async () => {
    await seedSettings(database.pool, "kept", { timezone: "Asia/Kathmandu" });
    const role = await useRole(database, "in role spanledger_receiver");
    const receiver = await openWriterConnection(role.connectionString);
    await keepTimezones(receiver, [], { warn: () => {} });
    await changeSettings(receiver, "kept", { timezone: "Pacific/Apia" });
    await receiver.end();
    const { rows } = await database.pool.query("select timezone from analytics_timezones order by 1");
    expect(rows.map(({ timezone }) => timezone)).toEqual(expect.arrayContaining(["Asia/Kathmandu", "Pacific/Apia"]));
  });
});

test("two descriptions differ first where one has another offset, not where one says the same twice", () => {
  const stretch = (startMs: number | null, offsetSeconds: number): Stretch => ({ startMs, offsetSeconds });
  const start = Date.UTC(2020, 0, 1);
  const a = [stretch(null, 0), stretch(start, 3600)];
  expect(firstDifference(a, a)).toBeUndefined();
  expect(firstDifference(a, [stretch(null, 0), stretch(start - dayMs, 0), stretch(start, 3600)])).toBeUndefined();
  expect(firstDifference(a, [stretch(null, 0), stretch(start + dayMs, 3600)])).toBe(start);
  expect(firstDifference(a, [stretch(null, 0), stretch(start - dayMs, 3600)])).toBe(start - dayMs);
  expect(firstDifference(a, [stretch(null, 60), stretch(start, 3600)])).toBe(Date.UTC(2000, 0, 1));
});
