/** Whether an alert fires or resolves. Pure. */
import type { AlertRule, BudgetAlert, ChangeAlert, GoalAlert, QualityAlert } from "../catalogue/alert-rules.ts";
import { divide, fractionOf, multiply, subtract } from "./exact-fraction.ts";
import type { Fraction } from "./exact-fraction.ts";
import { reaches } from "./goals.ts";
import type { GoalComparison } from "./goals.ts";

/** What is remembered of an alert. */
export interface AlertState {
  /** The period that it fires for; null: ok. */
  readonly firingPeriod: string | null;
  /** The last period that was judged for good; null: none. */
  readonly judgedThrough: string | null;
}

export const neverJudged: AlertState = { firingPeriod: null, judgedThrough: null };

/** How the periods of an alert are written, by its kind. */
const periodPattern: Readonly<Record<AlertRule["kind"], RegExp>> = {
  goal: /^\d{4}-\d\d-\d\d$/,
  change: /^\d{4}-\d\d-\d\d$/,
  quality: /^\d{4}-\d\d-\d\d$/,
  budget: /^\d{4}-\d\d$/,
  silence: /T/,
};

/**
 * The state to go on from. An alert may get another kind under the same name: a day cannot be compared with a month, so what
 * is remembered in other periods than the kind's is forgotten.
 */
export function stateOfKind(
  { kind }: Pick<AlertRule, "kind">,
  { firingPeriod, judgedThrough }: AlertState,
): AlertState {
  const isOfKind = (period: string | null): boolean => period === null || periodPattern[kind].test(period);
  return isOfKind(firingPeriod) && isOfKind(judgedThrough) ? { firingPeriod, judgedThrough } : neverJudged;
}

/** What is found about a period. Periods of one alert are compared as texts, and only go forward. */
export interface AlertJudgement {
  /** A business day, a month, or the time of the last event. */
  readonly period: string;
  /** `unknown`: there is too little to judge. */
  readonly verdict: "good" | "bad" | "unknown";
  /** The period is over. One that is not can only fire. */
  readonly isFinal: boolean;
}

export type AlertChange = "firing" | "resolved" | null;

/**
 * The state after a judgement, and what people are to be told. It fires once and resolves once for a period, however often
 * and by whomever it is judged: a period up to which it was judged for good changes nothing.
 */
export function nextAlertState(
  state: AlertState,
  { period, verdict, isFinal }: AlertJudgement,
): { readonly state: AlertState; readonly change: AlertChange } {
  const { firingPeriod, judgedThrough } = state;
  if (judgedThrough !== null && period <= judgedThrough) return { state, change: null };
  const through = isFinal ? period : judgedThrough;
  if (firingPeriod === null) {
    return verdict === "bad"
      ? { state: { firingPeriod: period, judgedThrough: through }, change: "firing" }
      : { state: { firingPeriod, judgedThrough: through }, change: null };
  }
  if (verdict === "good" && isFinal && period >= firingPeriod) {
    return { state: { firingPeriod: null, judgedThrough: through }, change: "resolved" };
  }
  return { state: { firingPeriod, judgedThrough: through }, change: null };
}

/** A metric over a range, and on how many it rests; null if nothing can be said of that. */
export interface Measured {
  readonly value: Fraction | null;
  readonly sample: number | null;
}

const restsOn = ({ sample }: Measured, min: number): boolean => sample === null || sample >= min;

/** A goal over one day or seven; `goal` is null if none holds. */
export interface GoalFacts {
  readonly kind: "goal";
  readonly period: string;
  readonly startDate: string;
  readonly measured: Measured;
  readonly goal: { readonly comparison: GoalComparison; readonly target: Fraction } | null;
}

/** A day beside the same weekday of the four weeks before, all four together. */
export interface ChangeFacts {
  readonly kind: "change";
  readonly period: string;
  readonly isPercent: boolean;
  readonly now: Measured;
  /** Null: there are no four weeks yet. */
  readonly usual: Measured | null;
}

export interface SilenceFacts {
  readonly kind: "silence";
  /** ISO 8601, of the last event; null: none has ever come. */
  readonly lastEvent: string | null;
  /** Minutes of working time since then. */
  readonly minutes: number;
}

export interface QualityFacts {
  readonly kind: "quality";
  readonly period: string;
  readonly isFinal: boolean;
  readonly rejected: number;
  readonly invalid: number;
  /** All events of the day, rejected ones among them. */
  readonly events: number;
}

export interface BudgetFacts {
  readonly kind: "budget";
  /** The month. */
  readonly period: string;
  /** Null: nothing has a price. */
  readonly spend: Fraction | null;
  /** Not everything that was used has a price. */
  readonly isAtLeast: boolean;
}

export type AlertFacts = GoalFacts | ChangeFacts | SilenceFacts | QualityFacts | BudgetFacts;

const hundred: Fraction = { numerator: 100n, denominator: 1n };
const decimal = (value: number): Fraction => fractionOf(value.toFixed(6));

/** What facts mean for a rule of the same kind. */
export function judgeAlert(rule: AlertRule, facts: AlertFacts, { firingPeriod }: AlertState): AlertJudgement {
  switch (facts.kind) {
    case "goal":
      return { period: facts.period, verdict: judgeGoalFacts(rule as GoalAlert, facts), isFinal: true };
    case "change":
      return { period: facts.period, verdict: judgeChangeFacts(rule as ChangeAlert, facts), isFinal: true };
    case "quality":
      return { period: facts.period, verdict: judgeQualityFacts(rule as QualityAlert, facts), isFinal: facts.isFinal };
    case "budget": {
      // A month's spend goes on; what was fired for ends with the month.
      if (firingPeriod !== null && firingPeriod < facts.period) {
        return { period: firingPeriod, verdict: "good", isFinal: true };
      }
      const isOver = facts.spend !== null && !reaches("<=", facts.spend, decimal((rule as BudgetAlert).amount));
      return { period: facts.period, verdict: isOver ? "bad" : "good", isFinal: false };
    }
    case "silence": {
      const { lastEvent, minutes } = facts;
      if (lastEvent === null) return { period: "", verdict: "unknown", isFinal: false };
      if (firingPeriod !== null && firingPeriod < lastEvent) {
        return { period: firingPeriod, verdict: "good", isFinal: true };
      }
      const isSilent = minutes >= (rule as Extract<AlertRule, { kind: "silence" }>).minutes;
      return { period: lastEvent, verdict: isSilent ? "bad" : "good", isFinal: false };
    }
  }
}

function judgeGoalFacts({ minConversations }: GoalAlert, { measured, goal }: GoalFacts): AlertJudgement["verdict"] {
  // Nothing is missed any more.
  if (goal === null) return "good";
  if (measured.value === null || !restsOn(measured, minConversations)) return "unknown";
  return reaches(goal.comparison, measured.value, goal.target) ? "good" : "bad";
}

function judgeChangeFacts(rule: ChangeAlert, facts: ChangeFacts): AlertJudgement["verdict"] {
  const change = changeOf(facts);
  if (change === null || facts.usual === null) return "unknown";
  if (!restsOn(facts.now, rule.minConversations) || !restsOn(facts.usual, rule.minConversations)) return "unknown";
  const by = decimal(rule.by);
  const isDrop = reaches("<=", change, { ...by, numerator: -by.numerator });
  const isRise = reaches(">=", change, by);
  return (rule.direction !== "rise" && isDrop) || (rule.direction !== "drop" && isRise) ? "bad" : "good";
}

/** By how much a day differs from what is usual: percent, or points of a metric in percent. */
export function changeOf({ now, usual, isPercent }: ChangeFacts): Fraction | null {
  if (now.value === null || usual === null || usual.value === null) return null;
  const difference = subtract(now.value, usual.value);
  return isPercent ? difference : divide(multiply(difference, hundred), usual.value);
}

function judgeQualityFacts(rule: QualityAlert, { rejected, invalid, events }: QualityFacts): AlertJudgement["verdict"] {
  if (events === 0 || events < rule.minEvents) return "unknown";
  return reaches("<=", wrongShare({ rejected, invalid, events }), decimal(rule.percent)) ? "good" : "bad";
}

/** Rejected events and invalid values in percent of all events; an event may have several. `events` is above 0. */
export function wrongShare({
  rejected,
  invalid,
  events,
}: Pick<QualityFacts, "rejected" | "invalid" | "events">): Fraction {
  return { numerator: BigInt(rejected + invalid) * 100n, denominator: BigInt(events) };
}
