import { expect, test } from "vitest";
import { checkDefinitions } from "../../../collector-receiver/src/catalogue/check-definitions.ts";
import { defineSpanledger } from "../../../collector-receiver/src/catalogue/define-spanledger.ts";
import { reservedMetricKeys } from "../../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import { alertMetricKeys } from "../../../collector-receiver/src/stats/alert-facts.ts";

const targets = {
  ops: { type: "webhook", url: "https://ops.example/hook", secret: { env: "OPS_SECRET" } },
} as const;

const check = (config: unknown) => checkDefinitions(config, reservedMetricKeys, alertMetricKeys);

test("alerts of a config are checked, typed, filled in and sorted by name", () => {
  const config = defineSpanledger({
    targets,
    alerts: {
      weekly: { kind: "goal", metric: "sla_met_rate", days: 7, to: ["ops"] },
      traffic: { kind: "change", metric: "total_sessions", by: 30 },
      silent: { kind: "silence" },
      clean: { kind: "quality", percent: 1.5 },
      budget: { kind: "budget", amount: 500 },
    },
  });
  const { definitions, problems } = check(config);
  expect(problems).toEqual([]);
  expect(Object.keys(definitions.alerts ?? {})).toEqual(["budget", "clean", "silent", "traffic", "weekly"]);
  expect(definitions.alerts).toEqual({
    weekly: { kind: "goal", metric: "sla_met_rate", days: 7, minConversations: 30, to: ["ops"] },
    traffic: { kind: "change", metric: "total_sessions", by: 30, direction: "drop", minConversations: 30, to: [] },
    silent: { kind: "silence", minutes: 60, to: [] },
    clean: { kind: "quality", percent: 1.5, minEvents: 100, to: [] },
    budget: { kind: "budget", amount: 500, to: [] },
  });
});

test("definitions without alerts keep their form, and so their hash", () => {
  expect(check({ targets }).definitions).not.toHaveProperty("alerts");
});

test.each([
  [{ one: { kind: "goal", metric: "sla_met_rate", to: ["boss"] } }, 'names the target "boss"'],
  [{ one: { kind: "goal", metric: "ticket_backlog" } }, "which alerts cannot judge"],
  [{ one: { kind: "goal" } }, "has no metric"],
  [{ one: { kind: "noise" } }, "Write one of goal, change, silence, quality, budget"],
  [{ one: { kind: "change", metric: "total_sessions", by: 0 } }, "such as 20"],
  [{ one: { kind: "budget", amount: "500" } }, "Write an amount"],
  [{ "On E": { kind: "silence" } }, "is not a name"],
  [{ one: "silence" }, "not an object"],
])("%j is refused with its place", (alerts, words) => {
  const { problems } = check({ targets, alerts });
  expect(problems).toHaveLength(1);
  expect(problems[0]?.path[0]).toBe("alerts");
  expect(`${problems[0]?.problem} ${problems[0]?.remedy}`).toContain(words);
});
