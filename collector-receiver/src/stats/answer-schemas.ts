import { Type } from "typebox";
import type { Locale } from "../metrics/format-metric.ts";
import { locales } from "../metrics/format-metric.ts";
import { goalComparisons, goalVerdicts } from "../metrics/goals.ts";
import type { GoalVerdict } from "../metrics/goals.ts";
import { notComparedReasons } from "./compared-part.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { PeriodStatus } from "./period-status.ts";
import { restatementReasons } from "./restatements.ts";

const units: readonly MetricUnit[] = ["count", "percent", "currency", "ratio", "ms", "s", "min", "h"];
const statuses: readonly PeriodStatus[] = ["empty", "running", "provisional", "settled"];

/** A string that is one of a few; JSON Schema's `enum` reads better in OpenAPI than a union. */
export const oneOf = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>({
    type: "string",
    enum: [...values],
    ...(description === undefined ? {} : { description }),
  });

export const nullableNumber = (description?: string) =>
  Type.Unsafe<number | null>({
    type: ["number", "null"],
    ...(description === undefined ? {} : { description }),
  });

export const nullableString = (description?: string) =>
  Type.Unsafe<string | null>({
    type: ["string", "null"],
    ...(description === undefined ? {} : { description }),
  });

export const unitSchema = oneOf(units, "Unit of value; percent is 0 to 100");

const valueProperties = {
  value: nullableNumber("Rounded half up to 6 decimals; null where there is no number"),
  formatted: Type.String({ description: 'As people read it; "—" where there is no number' }),
  numerator: nullableNumber(),
  denominator: nullableNumber("Null for a plain count; for a quantile, the number of durations"),
  low_sample: Type.Boolean({ description: "The denominator is under 30" }),
  estimate: Type.Optional(Type.Literal(true, { description: "The value is an estimate" })),
  bound: Type.Optional(
    oneOf(["at_least", "at_most"] as const, "Not all of it is known: the true value is no less, or no more"),
  ),
};

export const metricValueSchema = Type.Object({ ...valueProperties, unit: unitSchema });

export const goalSchema = Type.Object({
  metric: Type.String(),
  from: Type.String({ description: "First business day on which it holds, until the next goal of the metric" }),
  comparison: oneOf(goalComparisons),
  target: Type.Number({ description: "In the metric's unit" }),
  per: Type.Unsafe<"day" | "week" | "month" | null>({
    enum: ["day", "week", "month", null],
    description: "The period whose sum the target is; null for what does not add up",
  }),
});

export const seriesPointSchema = Type.Object({
  period: Type.String({ description: "2025-12-25, 2025-W52 or 2025-12" }),
  start_date: Type.String({ description: "First business day of the period" }),
  target: Type.Optional(nullableNumber("What the metric's goal asks of the point; missing if it has no goal")),
  ...valueProperties,
});

export const changeSchema = Type.Unsafe<{
  value: number;
  unit: "percent" | "percentage_points";
  formatted: string;
  direction: "up" | "down" | "same";
} | null>({
  type: ["object", "null"],
  description: "Null where either period has no number, or the earlier one is 0",
  properties: {
    value: { type: "number" },
    unit: { type: "string", enum: ["percent", "percentage_points"] },
    formatted: { type: "string" },
    direction: { type: "string", enum: ["up", "down", "same"] },
  },
  required: ["value", "unit", "formatted", "direction"],
});

const sideProperties = { value: nullableNumber(), formatted: Type.String(), low_sample: Type.Boolean() };

export const comparedMetricSchema = Type.Object({
  ...valueProperties,
  unit: unitSchema,
  compared: Type.Object(sideProperties, {
    description:
      "Over the days of the period that are compared: those that are over, and whose conversations had time to end",
  }),
  previous: Type.Object(sideProperties, { description: "Over the days of compared_with that stand against them" }),
  by_day: Type.Boolean({
    description: "The sides have different numbers of days; change is that of their means by the day",
  }),
  change: changeSchema,
  not_compared: Type.Optional(
    oneOf(notComparedReasons, "Why there is no change although both sides may have a number"),
  ),
  ended: Type.Optional(
    Type.Object(
      { ...sideProperties, numerator: nullableNumber(), denominator: nullableNumber() },
      { description: "A rate of conversations over those that had time to end, while others may go on" },
    ),
  ),
  goal: Type.Optional(
    Type.Object(
      {
        comparison: oneOf(goalComparisons),
        target: Type.Number({ description: "What is asked of this period, in the unit of value" }),
        formatted: Type.String({ examples: ["≥ 85.0%"] }),
        since: Type.String({ description: "First business day on which the goal holds" }),
        verdict: Type.Unsafe<GoalVerdict | null>({
          enum: [...goalVerdicts, null],
          description: "open: the period can still reach or miss it; null: there is no value",
        }),
      },
      { description: "What the tenant wants the figure to reach, if it has said so" },
    ),
  ),
  reason: Type.Optional(
    oneOf(
      ["not_additive", "not_filtered"] as const,
      "not_additive: distinct customers are known for a day, an ISO week and a month only; not_filtered: it is not kept by channel or another dimension",
    ),
  ),
});

/** Settled months that have changed. */
export const restatementsSchema = Type.Array(
  Type.Object({
    month: Type.String({ examples: ["2025-12"] }),
    settled_at: Type.String({ description: "When it was found settled and said what it said, ISO 8601" }),
    changed_at: Type.String({ description: "When its figures changed last, ISO 8601" }),
    figures: Type.Array(
      Type.Object({
        metric: Type.String({ description: "Key of the dictionary" }),
        name: Type.String(),
        was: metricValueSchema,
        is: metricValueSchema,
        reasons: Type.Array(oneOf(restatementReasons)),
      }),
    ),
    message: Type.String({ description: "All of it in a sentence" }),
  }),
  { description: "Months of the period that say something else than when they were settled" },
);

const periodStatusSchema = oneOf(
  statuses,
  "empty: nothing was counted; running: the period is not over; provisional: sessions may still end; settled",
);

export const headerProperties = {
  period: Type.String({ description: "2025年12月, December 2025, or the days" }),
  start_date: Type.String(),
  end_date: Type.String({ description: "Included" }),
  timezone: Type.String(),
  currency: Type.String(),
  locale: oneOf<Locale>(locales),
  as_of: Type.String({ description: "When the counters were read, ISO 8601" }),
  status: periodStatusSchema,
  segment: Type.Optional(
    Type.Object(
      { dimension: Type.String({ examples: ["channel"] }), value: Type.String({ examples: ["web"] }) },
      { description: "What the figures are filtered by, if by anything" },
    ),
  ),
  compared_with: Type.Union(
    [
      Type.Object({
        mode: oneOf(["previous", "year"] as const),
        period: Type.String({ description: "The days of the other period that are compared" }),
        start_date: Type.String(),
        end_date: Type.String(),
        same_days: Type.Boolean({
          description: "The period is running: its days that are over are compared with as many of the other one",
        }),
        own_days: Type.Number({ description: "How many days of this period are compared; 0 if none is over" }),
        days: Type.Number({ description: "How many days of the other one" }),
        own_end_date: nullableString("Last day of this period that is compared"),
        ended_through: nullableString(
          "Last start day whose conversations had time to end: rates are compared up to it",
        ),
      }),
      Type.Null(),
    ],
    { description: "Null with compare=none" },
  ),
};

export const errorSchema = Type.Object(
  {
    error: Type.Object({
      code: Type.String(),
      message: Type.String({ description: "What was wrong with which value, and what to do" }),
      parameter: Type.Optional(Type.String()),
    }),
  },
  { description: "The request cannot be answered" },
);
