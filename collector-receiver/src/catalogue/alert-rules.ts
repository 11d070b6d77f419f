/** What people are told about unasked, as a `spanledger.config.ts` or `spanledger alert set` says it. */

interface AnyAlert {
  /** Names of targets; empty: all targets of the tenant. */
  readonly to: readonly string[];
}

/** A goal is missed, on the last day that can be judged or over the last seven of them. */
export interface GoalAlert extends AnyAlert {
  readonly kind: "goal";
  readonly metric: string;
  readonly days: 1 | 7;
  /** A rate or a mean over fewer is not judged. */
  readonly minConversations: number;
}

/** A metric differs from the same weekday of the four weeks before. */
export interface ChangeAlert extends AnyAlert {
  readonly kind: "change";
  readonly metric: string;
  readonly direction: "drop" | "rise" | "either";
  /** Percent; of a metric in percent, points. */
  readonly by: number;
  readonly minConversations: number;
}

/** No event has come for so many minutes of working time. */
export interface SilenceAlert extends AnyAlert {
  readonly kind: "silence";
  readonly minutes: number;
}

/** A day's rejected events and invalid values together are more than so many percent of its events. */
export interface QualityAlert extends AnyAlert {
  readonly kind: "quality";
  readonly percent: number;
  readonly minEvents: number;
}

/** Calls of models have cost more than this in the calendar month. */
export interface BudgetAlert extends AnyAlert {
  readonly kind: "budget";
  /** In the tenant's currency. */
  readonly amount: number;
}

export type AlertRule = GoalAlert | ChangeAlert | SilenceAlert | QualityAlert | BudgetAlert;
/** By name. */
export type AlertRules = Readonly<Record<string, AlertRule>>;
