import type Type from "typebox";
import type { AlertRule, AlertRules } from "./alert-rules.ts";
import { alertKindShape, alertShapes } from "./alert-schemas.ts";
import { checkShape } from "./check-shape.ts";
import type { ProblemList } from "./problem-list.ts";

const name = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const defaultMinimum = 30;
const defaultMinEvents = 100;

/** What may be named by alerts. */
export interface AlertNames {
  /** Metrics that can be judged. */
  readonly metrics: ReadonlySet<string>;
  /** Undefined: any name, because the config that has them is another's. */
  readonly targets: ReadonlySet<string> | undefined;
}

/** Checks the alerts of a config and fills in the defaults; what is wrong goes to `list`. */
export function checkAlerts(input: unknown, names: AlertNames, list: ProblemList): AlertRules {
  const alerts = Object.entries(list.object(input, ["alerts"]) ?? {}).flatMap(([key, alert]) => {
    const rule = checkAlert(key, alert, names, list);
    return rule === undefined ? [] : [[key, rule] as const];
  });
  return Object.fromEntries(alerts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Checks one alert. @returns undefined if anything is wrong, which `list` then says */
export function checkAlert(key: string, input: unknown, names: AlertNames, list: ProblemList): AlertRule | undefined {
  const path = ["alerts", key];
  if (!name.test(key)) {
    list.add(path, "is not a name", "Use lower-case letters, digits, hyphens and underscores, at most 40");
  }
  const before = list.problems.length;
  const { kind } = checkShape(alertKindShape, input, path, list) ?? {};
  if (kind === undefined) return undefined;
  const fields = checkShape(alertShapes[kind], input, path, list) as Partial<AlertFields> | undefined;
  if (fields === undefined) return undefined;
  const { metric, to = [] } = fields;
  if (metric !== undefined && !names.metrics.has(metric)) {
    const remedy = "Name a metric of the dictionary that days add up to: docs/metrics.md, not those of agents' time";
    list.add([...path, "metric"], `is ${JSON.stringify(metric)}, which alerts cannot judge`, remedy);
  }
  for (const target of to.filter((one) => names.targets?.has(one) === false)) {
    const known =
      names.targets?.size === 0 ? "There are none: add targets" : `Known are ${[...names.targets!].join(", ")}`;
    list.add([...path, "to"], `names the target ${JSON.stringify(target)}, which is not there`, known);
  }
  return list.problems.length > before ? undefined : ({ ...defaultsOf[kind], ...fields, to } as AlertRule);
}

type AlertFields = { readonly metric: string; readonly to: readonly string[] } & Type.Static<typeof alertKindShape>;

const defaultsOf = {
  goal: { days: 1, minConversations: defaultMinimum },
  change: { direction: "drop", minConversations: defaultMinimum },
  silence: { minutes: 60 },
  quality: { minEvents: defaultMinEvents },
  budget: {},
} as const;
