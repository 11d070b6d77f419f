import { customQuantiles, groupHistogram, otherGroup, quantileKey } from "../catalogue/custom-definitions.ts";
import type { CustomDefinitions, CustomGroups, CustomMetric } from "../catalogue/custom-definitions.ts";
import { noGroup } from "./custom-counting.ts";
import type { LocalText } from "../catalogue/local-text.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { MetricDefinition, MetricDisplay, SumOrRatio } from "./metric-definition.ts";

/**
 * A metric of a product's own as it is shown: a duration is three of them, its quantiles. The counterpart of the
 * dictionary's `MetricDefinition`, with groups.
 */
export interface OwnMetric {
  readonly key: string;
  /** The key in the definitions. */
  readonly metric: string;
  readonly kind: CustomMetric["kind"];
  readonly name: LocalText;
  readonly meaning: LocalText | null;
  readonly unit: MetricUnit;
  readonly display: MetricDisplay;
  /** `count(order.paid where channel = web)` */
  readonly formula: string;
  readonly groupBy: string | null;
  /** With `other` at their end; empty if it is not grouped. */
  readonly groups: readonly string[];
  /** What the metric is computed from in a group, or, with `noGroup`, over all of them. */
  readonly computationOf: (group: string) => OwnComputation;
}

/** Over terms `metric|group`, or a quantile of a histogram. */
export type OwnComputation = SumOrRatio<string> | OwnQuantile;
export type OwnQuantile = Pick<Extract<MetricDefinition, { kind: "quantile" }>, "kind" | "histogram" | "quantile">;

/** The stored number of a metric in a group. */
export function termOf(metric: string, group: string): string {
  return `${metric}|${group}`;
}

/** The metrics of a product's own, in the order of its file. */
export function ownMetricsOf({ metrics }: CustomDefinitions): OwnMetric[] {
  return Object.entries(metrics).flatMap(([key, metric]) => {
    const common = { metric: key, kind: metric.kind, meaning: metric.meaning ?? null };
    const groups = groupsOf(metric, metrics);
    const grouped = { groupBy: groups?.attribute ?? null, groups: groups ? [...groups.values, otherGroup] : [] };
    if (metric.kind === "duration") {
      return customQuantiles.map((percent): OwnMetric => ({
        ...common,
        ...grouped,
        key: quantileKey(key, percent),
        name: { en: `${metric.en}, p${percent}`, zh: `${metric.zh} p${percent}` },
        unit: "ms",
        display: { style: "duration", unit: "second", digits: 1 },
        formula: `p${percent}(${metric.event}.${metric.attribute}${filterText(metric)})`,
        computationOf: (group) => ({
          kind: "quantile",
          histogram: group === noGroup ? key : groupHistogram(key, group),
          quantile: percent / 100,
        }),
      }));
    }
    const unit = metric.kind === "sum" || metric.kind === "ratio" ? metric.unit : "count";
    return {
      ...common,
      ...grouped,
      key,
      name: { en: metric.en, zh: metric.zh },
      unit,
      display: displayOf(unit, metric.kind === "sum" ? metric.decimals : 0),
      formula: formulaOf(metric),
      computationOf: (group) => computationOf(key, metric, metrics, group),
    };
  });
}

/** The groups of a metric; a ratio's are those that both of its terms are told apart by. */
function groupsOf(metric: CustomMetric, metrics: CustomDefinitions["metrics"]): CustomGroups | undefined {
  if (metric.kind !== "ratio") return metric.groupBy;
  const [above, below] = [metrics[metric.numerator], metrics[metric.denominator]].map((term) =>
    term === undefined || term.kind === "ratio" ? undefined : term.groupBy,
  );
  const isSame = above?.attribute === below?.attribute && above?.values.join("\n") === below?.values.join("\n");
  return isSame ? above : undefined;
}

function computationOf(
  key: string,
  metric: CustomMetric,
  metrics: CustomDefinitions["metrics"],
  group: string,
): SumOrRatio<string> {
  if (metric.kind !== "ratio") return { kind: "sum", numerator: { add: termsOf(key, metric, group) } };
  const term = (of: string) => ({ add: termsOf(of, metrics[of] as CustomMetric, group) });
  return {
    kind: "ratio",
    numerator: term(metric.numerator),
    denominator: term(metric.denominator),
    factor: metric.unit === "percent" ? 100 : 1,
  };
}

/** Counts and sums over all groups are the sum of their groups; of sessions, a number of its own. */
function termsOf(key: string, metric: CustomMetric, group: string): string[] {
  const grouped = metric.kind === "ratio" ? undefined : metric.groupBy;
  if (group !== noGroup || metric.kind === "sessions" || grouped === undefined) return [termOf(key, group)];
  return [...grouped.values, otherGroup].map((value) => termOf(key, value));
}

function displayOf(unit: MetricUnit, decimals: number): MetricDisplay {
  switch (unit) {
    case "percent":
      return { style: "percent", digits: 1 };
    case "currency":
      return decimals === 0 ? { style: "currency", digits: 0, isWhole: true } : { style: "currency", digits: 2 };
    case "count":
      return { style: "number", digits: decimals };
    case "ratio":
      return { style: "number", digits: 2 };
    case "ms":
    case "s":
      return { style: "duration", unit: "second", digits: 1 };
    case "min":
      return { style: "duration", unit: "minute", digits: 1 };
    case "h":
      return { style: "duration", unit: "hour", digits: 1 };
  }
}

function formulaOf(metric: Exclude<CustomMetric, { kind: "duration" }>): string {
  switch (metric.kind) {
    case "ratio":
      return `${metric.numerator} / ${metric.denominator}${metric.unit === "percent" ? " × 100" : ""}`;
    case "sum":
      return `sum(${metric.event}.${metric.attribute}${filterText(metric)})`;
    case "count":
      return `count(${metric.event}${filterText(metric)})`;
    case "sessions":
      return `sessions(${metric.event}${filterText(metric)})`;
  }
}

function filterText({ where = {} }: Exclude<CustomMetric, { kind: "ratio" }>): string {
  const filters = Object.entries(where).map(([name, values]) => `${name} = ${values.join(" | ")}`);
  return filters.length === 0 ? "" : ` where ${filters.join(" and ")}`;
}
