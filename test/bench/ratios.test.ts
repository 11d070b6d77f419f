import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contenders } from "../../bench/contenders.ts";
import { makeRatioFigures, ratioFigures } from "../../bench/figures/ratios.ts";
import { inJson, judge, median, spreadOf } from "../../bench/summarise.ts";
import { writeFigureTable } from "../../bench/write-table.ts";

const run = (cpu: number, eventsPerSecond = 1000) => ({ cpu, eventsPerSecond, spansPerSecond: 2 * eventsPerSecond });

describe("medians and spread", () => {
  test("the median is the middle value, or the mean of the middle two", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 3])).toBe(4);
    expect(spreadOf([9, 1, 5])).toBe(1.6);
  });

  test("as many values are below the median as above it, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 }), (values) => {
        const middle = median(values);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(median(values.toReversed())).toBe(middle);
      }),
    );
  });
});

describe("figures of two contenders", () => {
  test("compare runs of the same round, so that a machine that slows down for a round changes nothing", () => {
    const runs = new Map([
      ["four-senders", [run(15), run(45), run(16)]],
      ["copy-1", [run(10), run(30), run(10)]],
    ]);
    const [figure] = makeRatioFigures(runs).filter(({ id }) => id === "cpu-four-senders");
    expect(figure).toMatchObject({ ratio: 1.5, median: 16, unit: "µs CPU/event" });
    expect(figure?.spread).toBeCloseTo(0.1 / 1.5);
  });

  test("leave out contenders that were not measured", () => {
    expect(makeRatioFigures(new Map([["four-senders", [run(15)]]]))).toEqual([]);
  });

  test("name contenders that exist", () => {
    const known = contenders.map(({ id }) => id);
    expect(known).toEqual(expect.arrayContaining(ratioFigures.flatMap(({ of, to }) => [of, to])));
  });

  test("have a goal if they are CPU, and none if they are rates", () => {
    // What ids of version 4 cost beside the SDK's is known, and nobody promises it.
    const withoutGoal = ["random-ids"];
    for (const { id, measure, target } of ratioFigures) {
      expect([id, target !== null]).toEqual([id, measure === "cpu" && !withoutGoal.includes(id)]);
    }
  });
});

describe("a figure is judged by its goal and by today's limit", () => {
  const target = { goal: 1.5, limit: 1.85, atMost: true };
  test.each([
    [1.5, true, true, "goal reached"],
    [1.51, false, true, "within limit"],
    [1.85, false, true, "within limit"],
    [1.86, false, false, "**over limit**"],
    [Number.NaN, false, false, "**over limit**"],
  ])("%d: reached %s, holds %s", (ratio, reached, holds, verdict) => {
    const figure = { id: "x", title: "X", ratio, target, median: ratio, unit: "u", spread: 0 };
    expect(judge(figure)).toEqual({ reached, holds });
    expect(writeFigureTable([figure])).toContain(`| ≤ 1.5 | ≤ 1.85 | ${verdict} |`);
  });

  test("a goal alone is the limit", () => {
    const figure = {
      id: "x",
      title: "X",
      ratio: 0.9,
      target: { goal: 1, atMost: false },
      median: 1,
      unit: "u",
      spread: 0,
    };
    expect(inJson(figure)).toMatchObject({ goal: 1, limit: 1, reached: false, holds: false });
    expect(writeFigureTable([figure])).toContain("| ≥ 1 | – | **goal missed** |");
    expect(writeFigureTable([{ ...figure, ratio: 1 }])).toContain("| ≥ 1 | – | goal reached |");
  });

  test("a fact has no verdict and stands below the goals", () => {
    const fact = { id: "fact", title: "F", ratio: 3, target: null, median: 3, unit: "u", spread: 0 };
    const goal = { ...fact, id: "goal", target };
    expect(inJson(fact)).toMatchObject({ goal: null, limit: null, reached: null, holds: null });
    const rows = writeFigureTable([fact, goal]).split("\n").slice(2);
    expect(rows.map((row) => /`(\w+)`/.exec(row)?.[1])).toEqual(["goal", "fact"]);
    expect(rows[1]).toContain("| – | – | fact |");
  });
});
