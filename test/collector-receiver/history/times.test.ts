import fc from "fast-check";
import { expect, test } from "vitest";
import { LocalTimes } from "../../../collector-receiver/src/history/local-time.ts";
import { findFormatProblem, timeReader } from "../../../collector-receiver/src/history/read-time.ts";

const nowMs = Date.UTC(2026, 0, 1);
const minute = 60_000;

test.each([
  ["Asia/Shanghai", "2025-12-25T10:00", "2025-12-25T02:00:00.000Z", 0, 0],
  // Clocks went from 03:00 back to 02:00 at 01:00 UTC.
  ["Europe/Berlin", "2025-10-26T02:30", "2025-10-26T00:30:00.000Z", 1, 0],
  ["Europe/Berlin", "2025-10-26T01:59", "2025-10-25T23:59:00.000Z", 0, 0],
  ["Europe/Berlin", "2025-10-26T03:00", "2025-10-26T02:00:00.000Z", 0, 0],
  // Clocks went from 02:00 on to 03:00 at 01:00 UTC.
  ["Europe/Berlin", "2025-03-30T02:30", "2025-03-30T01:30:00.000Z", 0, 1],
  ["Australia/Lord_Howe", "2025-04-06T01:45", "2025-04-05T14:45:00.000Z", 1, 0],
])("in %s, %s is %s", (zone, local, instant, repeated, skipped) => {
  const times = new LocalTimes(zone, nowMs);
  expect(new Date(times.instantOf(Date.parse(`${local}Z`))).toISOString()).toBe(instant);
  expect(times).toMatchObject({ repeated, skipped });
});

test("each local time is the first instant at which clocks show it, or lies in a gap", () => {
  const zones = ["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "Australia/Lord_Howe"];
  const clocks = new Map(
    zones.map((zone) => [
      zone,
      new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }),
    ]),
  );
  // Around changes of clocks, at most of which hours are repeated or skipped.
  const around = fc.constantFrom(
    Date.UTC(2025, 2, 9, 2),
    Date.UTC(2025, 10, 2, 1),
    Date.UTC(2025, 2, 30, 2),
    Date.UTC(2025, 9, 26, 2),
    Date.UTC(2018, 10, 4, 0),
    Date.UTC(2018, 1, 17, 23),
    Date.UTC(2025, 3, 6, 2),
    Date.UTC(2025, 9, 5, 2),
  );
  const local = fc.tuple(around, fc.integer({ min: -150, max: 150 })).map(([at, minutes]) => at + minutes * minute);
  fc.assert(
    fc.property(fc.constantFrom(...zones), local, (zone, localMs) => {
      const shown = new Date(localMs).toISOString().slice(0, 16).replace("T", " ");
      const clock = clocks.get(zone)!;
      const instants: number[] = [];
      // Offsets of these zones are quarters of hours.
      for (let ms = localMs - 15 * 60 * minute; ms <= localMs + 15 * 60 * minute; ms += 15 * minute) {
        if (clock.format(ms) === shown) instants.push(ms);
      }
      const times = new LocalTimes(zone, nowMs);
      const found = times.instantOf(localMs);
      expect(times.repeated).toBe(instants.length > 1 ? 1 : 0);
      expect(times.skipped).toBe(instants.length === 0 ? 1 : 0);
      if (instants.length > 0) expect(found).toBe(instants[0]);
    }),
    { numRuns: 60 },
  );
});

test.each([
  [undefined, "2025-12-25T10:00:00Z", "2025-12-25T10:00:00.000Z"],
  [undefined, "2025-12-25 10:00:00.57", "2025-12-25T10:00:00.570 local"],
  [undefined, "2025/1/5 9:05", "2025-01-05T09:05:00.000 local"],
  [undefined, "2025-12-25 10:00:00+08", "2025-12-25T02:00:00.000Z"],
  [undefined, "2025-12-25T10:00:00-0330", "2025-12-25T13:30:00.000Z"],
  [undefined, "2025-12-25", null],
  [undefined, "2025-02-31 10:00", null],
  [undefined, "2025-12-25 24:00", null],
  [undefined, "yesterday", null],
  [undefined, 1_766_656_800, null],
  ["unix_s", "1766656800.25", "2025-12-25T10:00:00.250Z"],
  ["unix_ms", 1_766_656_800_000, "2025-12-25T10:00:00.000Z"],
  ["unix_us", "1766656800000999", "2025-12-25T10:00:00.000Z"],
  ["unix_s", " ", null],
  ["DD/MM/YYYY HH:mm", "05/01/2025 17:30", "2025-01-05T17:30:00.000 local"],
  ["DD/MM/YYYY HH:mm", "2025-01-05 17:30", null],
  ["M/D/YYYY h:mm A", "1/5/2025 12:30 am", "2025-01-05T00:30:00.000 local"],
  ["M/D/YYYY h:mm A", "1/5/2025 1:30 PM", "2025-01-05T13:30:00.000 local"],
  ["M/D/YYYY h:mm A", "1/5/2025 13:30 PM", null],
  ["YYYY年M月D日 A h:mm", "2025年1月5日 下午 1:30", "2025-01-05T13:30:00.000 local"],
  ["YYYY-MM-DD", "2025-01-05", "2025-01-05T00:00:00.000 local"],
  ["YYYY-MM-DD HH:mm Z", "2025-01-05 10:00 +08:00", "2025-01-05T02:00:00.000Z"],
])("with the format %s, %s is %s", (format, text, expected) => {
  const time = timeReader(format)(text);
  const shown = time && `${new Date(time.ms).toISOString().slice(0, -1)}${time.isLocal ? " local" : "Z"}`;
  expect(shown).toBe(expected);
});

test.each([
  ["HH:mm", "has no year"],
  ["YYYY-MM-DD hh:mm", "no A"],
  ["YYYY-YYYY-MM-DD", "twice"],
])("the format %s is refused", (format, words) => {
  expect(findFormatProblem(format)).toContain(words);
});

test("microseconds are cut to milliseconds exactly, and years of two digits are not times of the last century", () => {
  const read = timeReader("unix_us");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.integer({ min: 0, max: 999 }), (ms, rest) => {
      expect(read(ms * 1000 + rest)).toEqual({ ms, isLocal: false });
    }),
  );
  expect(["", " ", "0x10", "Infinity", "1_000", true, [5], {}].map(read)).toEqual(Array(8).fill(null));
  expect(["0099-12-25 10:00:00", "2025-13-01 10:00:00", "2025-02-29 10:00:00"].map(timeReader(undefined))).toEqual(
    Array(3).fill(null),
  );
});
