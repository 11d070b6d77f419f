import type { MetricChange } from "../metrics/compare-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { FigureGoal } from "./figure-goal.ts";
import type { NotCompared } from "./compared-part.ts";

/** A side of a comparison. */
export interface ComparedSide {
  readonly value: number | null;
  readonly formatted: string;
  readonly low_sample: boolean;
}

/** A rate over the conversations that had time to end. */
export interface EndedRate extends ComparedSide {
  readonly numerator: number | null;
  readonly denominator: number | null;
}

/** A metric of a period beside the same metric of the period it is compared with. */
export interface ComparedMetric extends MetricValue {
  /** Over the days of this period that are compared; equals `value` once all of them are. */
  readonly compared: ComparedSide;
  /** Over the days of the other period that stand against them. */
  readonly previous: ComparedSide;
  /** The sides have different numbers of days, and `change` is that of their means by the day. */
  readonly by_day: boolean;
  readonly change: MetricChange | null;
  /** Why there is no `change` although both sides may have a number. */
  readonly not_compared?: NotCompared;
  /** Set for a rate of conversations while some of the period's may still be going on. */
  readonly ended?: EndedRate;
  /** What the tenant wants it to reach, if it has said so. */
  readonly goal?: FigureGoal;
  /** Why there is no value although the product reports. */
  readonly reason?: "not_additive" | "not_filtered";
}

/** A side without a day. */
export const noSide: ComparedSide = { value: null, formatted: "—", low_sample: false };

/** What a side says of its value. */
export function sideFrom({ value, formatted, low_sample }: MetricValue): ComparedSide {
  return { value, formatted, low_sample };
}
