import type { AiPriceKey } from "./ai-calls.ts";
import type { PeriodType } from "./business-calendar.ts";
import type { QualityEntry } from "./data-quality.ts";

export interface BusinessChange {
  readonly tenantId: string;
  readonly day: string;
  /** Scaled integers; the sum of one batch stays below 2^53. */
  readonly amounts: Float64Array;
}
export interface AgentChange {
  readonly tenantId: string;
  readonly day: string;
  readonly agentId: number | null;
  readonly amounts: Float64Array;
  name: string | null;
  nameAtMs: number;
  nameEventId: string;
}
export interface EventCountChange {
  readonly tenantId: string;
  readonly day: string;
  readonly eventName: string;
  count: number;
}
export interface AttributeCountChange {
  readonly tenantId: string;
  readonly day: string;
  readonly eventName: string;
  readonly attribute: string;
  readonly value: string;
  count: number;
  /** Of them, those with `success: true`. */
  succeeded: number;
}
/** What calls of a model add up to. */
export interface AiCallChange extends Readonly<Record<AiPriceKey, string>> {
  readonly tenantId: string;
  readonly day: string;
  /** In the order of `aiColumns`. */
  readonly amounts: Float64Array;
}
/** What conversations add up to in one local hour. */
export interface HourChange {
  readonly tenantId: string;
  readonly day: string;
  readonly hour: number;
  /** In the order of `hourCounters`. */
  readonly amounts: Float64Array;
}
export interface QualityChange extends QualityEntry {
  readonly tenantId: string;
  readonly day: string;
  /** Empty if a rejected event has none. */
  readonly eventName: string;
  /** One of the events: `exampleOf` gives it for one that is stored. */
  example: string | null;
  count: number;
}
export interface HistogramChange {
  readonly tenantId: string;
  readonly day: string;
  readonly metric: string;
  /** The group of buckets, by its first one. */
  readonly firstBucket: number;
  /** Of each bucket of the group. */
  readonly counts: Float64Array;
}
export interface CustomerChange {
  readonly tenantId: string;
  /** First day of the month of the row. */
  readonly month: string;
  readonly userId: string;
  /** By slot of the row, each slot once. */
  readonly counts: { readonly slot: number; sessions: number }[];
}
export interface BusinessPeriodChange {
  readonly tenantId: string;
  readonly periodType: PeriodType;
  readonly periodValue: string;
  readonly periodStart: string;
  readonly amounts: Float64Array;
}

/** The changes of one tenant's day by what they are looked up with: an event makes no key of its own. */
export interface DayChanges {
  readonly tenantId: string;
  readonly day: string;
  /** What the keys of its changes begin with. */
  readonly prefix: string;
  business: BusinessChange | null;
  readonly eventCounts: Map<string, EventCountChange>;
  readonly agents: Map<number | null, AgentChange>;
  readonly histograms: Map<string, Map<number, HistogramChange>>;
}
