import { expect, test } from "vitest";
import { addCounts, compareCounts } from "../../../examples/demo/compare-counts.ts";
import { parseDemoArguments } from "../../../examples/demo/parse-demo-arguments.ts";

const counts = (stored: Record<string, number>, counted = stored) => ({
  stored: addCounts(stored),
  counted: addCounts(counted),
});
const before = counts({ "session.start": 10 });
const sent = addCounts({ "session.start": 2, "session.end": 1 }, { "session.start": 1 });

test.each([
  ["all arrived and was counted", counts({ "session.start": 13, "session.end": 1 }), true],
  ["one was lost", counts({ "session.start": 12, "session.end": 1 }), false],
  ["one came twice", counts({ "session.start": 14, "session.end": 1 }), false],
  ["one was stored but not counted", counts({ "session.start": 13, "session.end": 1 }, { "session.start": 13 }), false],
  [
    "one was counted twice",
    counts({ "session.start": 13, "session.end": 1 }, { "session.start": 14, "session.end": 1 }),
    false,
  ],
  ["one came that nobody sent", counts({ "session.start": 13, "session.end": 1, "query.order": 1 }), false],
  ["one name is missing altogether", counts({ "session.start": 13 }), false],
])("%s", (_, after, agrees) => {
  expect(compareCounts(before, sent, after).every((line) => line.agrees)).toBe(agrees);
});

test("--json runs one bounded round, and unknown options are refused with the usage", () => {
  expect(parseDemoArguments(["--json"])).toMatchObject({ once: true, json: true, ports: "default" });
  for (const wrong of [["--ports", "8000"], ["--live-seconds", "0"], ["--fast"]]) {
    expect(() => parseDemoArguments(wrong)).toThrow(/--ports auto/);
  }
});
