import fc from "fast-check";
import { expect, test } from "vitest";
import type { AlertRule } from "../../../collector-receiver/src/catalogue/alert-rules.ts";
import { fractionOf } from "../../../collector-receiver/src/metrics/exact-fraction.ts";
import {
  judgeAlert,
  neverJudged,
  nextAlertState,
  stateOfKind,
} from "../../../collector-receiver/src/metrics/judge-alert.ts";
import type { AlertFacts, AlertState, AlertJudgement } from "../../../collector-receiver/src/metrics/judge-alert.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const day = (n: number): string =>
  `2026-${String(1 + Math.floor(n / 28)).padStart(2, "0")}-${String(1 + (n % 28)).padStart(2, "0")}`;

const arbitraryJudgement: fc.Arbitrary<AlertJudgement> = fc.record({
  period: fc.nat(20).map(day),
  verdict: fc.constantFrom("good", "bad", "unknown"),
  isFinal: fc.boolean(),
});

test("whatever is judged in whatever order, and however often, an alert fires and resolves by turns, once for a period", () => {
  fc.assert(
    fc.property(fc.array(arbitraryJudgement, { maxLength: 60 }), (judgements) => {
      let state: AlertState = neverJudged;
      const told: string[] = [];
      for (const judgement of judgements) {
        const next = nextAlertState(state, judgement);
        if (next.change !== null) told.push(`${next.state.firingPeriod ?? state.firingPeriod} ${next.change}`);
        // Judged again by somebody else, it is told no more.
        const again = nextAlertState(next.state, judgement);
        if (judgement.isFinal || next.change === "firing") expect(again.change).toBeNull();
        state = next.state;
      }
      expect(new Set(told).size).toBe(told.length);
      expect(told.map((each) => each.split(" ")[1])).toEqual(told.map((_, i) => (i % 2 === 0 ? "firing" : "resolved")));
      // Each is resolved for the period that it fired for.
      told.forEach((each, i) => {
        if (i % 2 === 1) expect(each.split(" ")[0]).toBe(told[i - 1]?.split(" ")[0]);
      });
    }),
    { numRuns: propertyRuns(500) },
  );
});

test("days that are judged in order fire at the first bad one and resolve at the first good one after it", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("good", "bad", "unknown"), { maxLength: 40 }), (verdicts) => {
      let state: AlertState = neverJudged;
      let isFiring = false;
      verdicts.forEach((verdict, n) => {
        const next = nextAlertState(state, { period: day(n), verdict, isFinal: true });
        const expected = !isFiring && verdict === "bad" ? "firing" : isFiring && verdict === "good" ? "resolved" : null;
        expect(next.change).toBe(expected);
        if (expected !== null) isFiring = !isFiring;
        state = next.state;
      });
    }),
    { numRuns: propertyRuns(200) },
  );
});

test("what fires during a day resolves only once a whole day is good, and may be that day", () => {
  const running = nextAlertState(neverJudged, { period: day(3), verdict: "bad", isFinal: false });
  expect(running.change).toBe("firing");
  expect(nextAlertState(running.state, { period: day(3), verdict: "good", isFinal: false }).change).toBeNull();
  // The day before, which nobody had judged yet.
  expect(nextAlertState(running.state, { period: day(2), verdict: "good", isFinal: true }).change).toBeNull();
  const over = nextAlertState(running.state, { period: day(3), verdict: "good", isFinal: true });
  expect(over.change).toBe("resolved");
  expect(nextAlertState(over.state, { period: day(3), verdict: "bad", isFinal: false }).change).toBeNull();
  expect(nextAlertState(over.state, { period: day(4), verdict: "bad", isFinal: false }).change).toBe("firing");
});

const value = (text: string, sample: number | null = 100) => ({ value: fractionOf(text), sample });
const goalRule: AlertRule = { kind: "goal", metric: "ai_resolution_rate", days: 1, minConversations: 30, to: [] };
const goal = { comparison: ">=", target: fractionOf("85") } as const;
const ofGoal = (measured: ReturnType<typeof value>, held: typeof goal | null = goal): AlertFacts => ({
  kind: "goal",
  period: day(1),
  startDate: day(1),
  measured,
  goal: held,
});
const changeRule = (direction: "drop" | "rise" | "either", by: number): AlertRule => ({
  kind: "change",
  metric: "total_sessions",
  direction,
  by,
  minConversations: 30,
  to: [],
});
const ofChange = (now: string, usual: string | null, isPercent = false, sample: number | null = null): AlertFacts => ({
  kind: "change",
  period: day(1),
  isPercent,
  now: value(now, sample),
  usual: usual === null ? null : value(usual, sample),
});
const quality: AlertRule = { kind: "quality", percent: 2, minEvents: 100, to: [] };
const ofQuality = (rejected: number, invalid: number, events: number): AlertFacts => ({
  kind: "quality",
  period: day(1),
  isFinal: true,
  rejected,
  invalid,
  events,
});
const budget: AlertRule = { kind: "budget", amount: 100.5, to: [] };
const ofBudget = (spend: string | null): AlertFacts => ({
  kind: "budget",
  period: "2026-03",
  spend: spend === null ? null : fractionOf(spend),
  isAtLeast: false,
});

test.each([
  ["a value that reaches its goal", goalRule, ofGoal(value("85")), "good"],
  ["a value just below it", goalRule, ofGoal(value("84.999999")), "bad"],
  ["too few conversations", goalRule, ofGoal(value("10", 29)), "unknown"],
  ["just enough of them", goalRule, ofGoal(value("10", 30)), "bad"],
  ["no goal", goalRule, ofGoal(value("10"), null), "good"],
  ["a drop by a fifth", changeRule("drop", 20), ofChange("80", "100"), "bad"],
  ["a drop by less", changeRule("drop", 20), ofChange("80.1", "100"), "good"],
  ["a rise where a drop is looked for", changeRule("drop", 20), ofChange("180", "100"), "good"],
  ["a rise", changeRule("rise", 20), ofChange("120", "100"), "bad"],
  ["a drop where a rise is looked for", changeRule("rise", 20), ofChange("1", "100"), "good"],
  ["either, down", changeRule("either", 20), ofChange("80", "100"), "bad"],
  ["either, up", changeRule("either", 20), ofChange("120", "100"), "bad"],
  ["to nothing at all", changeRule("drop", 20), ofChange("0", "100"), "bad"],
  ["points of a share", changeRule("drop", 5), ofChange("80", "84.9", true), "good"],
  ["five points of a share", changeRule("drop", 5), ofChange("80", "85", true), "bad"],
  ["no four weeks before", changeRule("drop", 20), ofChange("80", null), "unknown"],
  ["nothing usually", changeRule("rise", 20), ofChange("80", "0"), "unknown"],
  ["few conversations", changeRule("drop", 5), ofChange("80", "100", true, 29), "unknown"],
  ["two in a hundred", quality, ofQuality(1, 1, 100), "good"],
  ["three in a hundred", quality, ofQuality(1, 2, 100), "bad"],
  ["a quiet day", quality, ofQuality(50, 0, 99), "unknown"],
  ["spend within its budget", budget, ofBudget("100.5"), "good"],
  ["spend beyond it", budget, ofBudget("100.500001"), "bad"],
  ["nothing with a price", budget, ofBudget(null), "good"],
] as const)("%s", (_, rule, facts, verdict) => {
  expect(judgeAlert(rule as AlertRule, facts, neverJudged).verdict).toBe(verdict);
});

test("a budget that was overspent resolves with its month, and the next month may fire again", () => {
  const fired = nextAlertState(neverJudged, judgeAlert(budget, ofBudget("200"), neverJudged));
  expect(fired).toEqual({ state: { firingPeriod: "2026-03", judgedThrough: null }, change: "firing" });
  const april = { ...ofBudget("0"), period: "2026-04" } as AlertFacts;
  const resolved = nextAlertState(fired.state, judgeAlert(budget, april, fired.state));
  expect(resolved.change).toBe("resolved");
  const spent = { ...ofBudget("101"), period: "2026-04" } as AlertFacts;
  expect(nextAlertState(resolved.state, judgeAlert(budget, spent, resolved.state)).change).toBe("firing");
});

test("silence fires once for the last event, and resolves when another one comes", () => {
  const rule: AlertRule = { kind: "silence", minutes: 60, to: [] };
  const at = (lastEvent: string | null, minutes: number): AlertFacts => ({ kind: "silence", lastEvent, minutes });
  const [first, second] = ["2026-03-02T09:00:00.000Z", "2026-03-02T12:00:00.000Z"];
  let state: AlertState = neverJudged;
  const changes = [
    at(null, 0),
    at(first, 59),
    at(first, 60),
    at(first, 90),
    at(second, 1),
    at(second, 2),
    at(second, 60),
  ].map((facts) => {
    const next = nextAlertState(state, judgeAlert(rule, facts, state));
    state = next.state;
    return next.change;
  });
  expect(changes).toEqual([null, null, "firing", null, "resolved", null, "firing"]);
});

test("an alert that gets another kind under the same name forgets days for months, and fires again", () => {
  const fired: AlertState = { firingPeriod: "2026-02-27", judgedThrough: "2026-02-28" };
  expect(stateOfKind(quality, fired)).toEqual(fired);
  expect(stateOfKind(budget, fired)).toEqual(neverJudged);
  const state = stateOfKind(budget, fired);
  expect(nextAlertState(state, judgeAlert(budget, ofBudget("200"), state)).change).toBe("firing");
  const silent: AlertState = { firingPeriod: "2026-03-02T09:00:00.000Z", judgedThrough: null };
  expect(stateOfKind({ kind: "silence" }, silent)).toEqual(silent);
  for (const kind of ["goal", "change", "quality", "budget"] as const) {
    expect(stateOfKind({ kind }, silent)).toEqual(neverJudged);
  }
  expect(stateOfKind({ kind: "silence" }, { firingPeriod: null, judgedThrough: "2026-03" })).toEqual(neverJudged);
});
