import type { CountableEvent } from "../mapping/business-event.ts";
import { groupHistogram } from "../catalogue/custom-definitions.ts";
import { periodsOf } from "./business-calendar.ts";
import type { PeriodType } from "./business-calendar.ts";
import { amountOf, durationOf, groupOf, noGroup, passesFilter } from "./custom-counting.ts";
import type { CustomRule } from "./custom-counting.ts";

export interface CustomCounterChange {
  readonly tenantId: string;
  readonly day: string;
  readonly metric: string;
  readonly group: string;
  /** Events that were counted; of a sum, those that had the number. */
  events: number;
  /** × 10^`decimals`: a big integer, because nothing bounds how many values a batch adds up. */
  total: bigint;
  readonly decimals: number;
}

/** Events of a session that a metric counts, in one period. */
export interface CustomSessionChange {
  readonly tenantId: string;
  readonly metric: string;
  readonly group: string;
  readonly periodType: PeriodType;
  readonly periodValue: string;
  readonly sessionId: string;
  events: number;
}

/** What a batch changes of a product's own metrics, folded in memory: at most one change per row. */
export class CustomChanges {
  readonly counters = new Map<string, CustomCounterChange>();
  readonly sessions = new Map<string, CustomSessionChange>();

  /**
   * Counts one event by one rule.
   * @param addDuration takes a duration (ms) for a histogram by its name
   * @param sign 1 adds, -1 takes back
   */
  add(
    event: CountableEvent,
    day: string,
    rule: CustomRule,
    addDuration: (name: string, ms: number) => void,
    sign: 1 | -1,
  ): void {
    if (!passesFilter(rule, event)) return;
    const group = groupOf(rule, event);
    switch (rule.kind) {
      case "count":
        this.#addToCounter(event.tenantId, day, rule, group, 0, sign);
        break;
      case "sum": {
        const amount = amountOf(rule, event);
        if (amount !== null) this.#addToCounter(event.tenantId, day, rule, group, amount, sign);
        break;
      }
      case "sessions":
        if (event.sessionId === null) break;
        // A session may be in several groups: all of them together are a number of their own.
        this.#addSession(event, day, rule.metric, noGroup, sign);
        if (group !== noGroup) this.#addSession(event, day, rule.metric, group, sign);
        break;
      case "duration": {
        const ms = durationOf(rule, event);
        if (ms === null) break;
        addDuration(rule.metric, ms);
        if (group !== noGroup) addDuration(groupHistogram(rule.metric, group), ms);
      }
    }
  }

  #addToCounter(
    tenantId: string,
    day: string,
    { metric, decimals }: CustomRule,
    group: string,
    amount: number,
    sign: 1 | -1,
  ): void {
    const key = `${tenantId}\n${day}\n${metric}\n${group}`;
    let change = this.counters.get(key);
    if (change === undefined) {
      change = { tenantId, day, metric, group, events: 0, total: 0n, decimals };
      this.counters.set(key, change);
    }
    change.events += sign;
    change.total += BigInt(sign * amount);
  }

  #addSession(event: CountableEvent, day: string, metric: string, group: string, sign: 1 | -1): void {
    const { tenantId } = event;
    const sessionId = event.sessionId as string;
    for (const { type, value } of periodsOf(day)) {
      const key = `${tenantId}\n${metric}\n${group}\n${type}\n${value}\n${sessionId}`;
      const known = this.sessions.get(key);
      if (known) known.events += sign;
      else {
        const of = { tenantId, metric, group, periodType: type, periodValue: value, sessionId };
        this.sessions.set(key, { ...of, events: sign });
      }
    }
  }
}

/** The decimal text of a scaled total: (-1234n, 3) is "-1.234". */
export function decimalOf(total: bigint, decimals: number): string {
  if (decimals === 0) return String(total);
  const text = String(total < 0n ? -total : total).padStart(decimals + 1, "0");
  return `${total < 0n ? "-" : ""}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}
