import type { BusinessCalendar } from "./business-calendar.ts";
import type { SessionFacts } from "./session-facts.ts";

type HourFacts = Pick<SessionFacts, "firstStartMs" | "escalatedMs" | "takenOverMs" | "firstWaitMs">;

/** A counter by local hour: its column, the instant whose hour a conversation moves, and by how much. */
interface HourCounter<Column extends string = string> {
  readonly column: Column;
  readonly atMs: (facts: HourFacts) => number | null;
  readonly amountOf: (facts: HourFacts) => number;
}

const counters = [
  { column: "conversations", atMs: ({ firstStartMs }) => firstStartMs, amountOf: () => 1 },
  { column: "escalations", atMs: ({ escalatedMs }) => escalatedMs, amountOf: () => 1 },
  { column: "takeovers", atMs: ({ takenOverMs }) => takenOverMs, amountOf: () => 1 },
  {
    column: "waits_known",
    atMs: ({ takenOverMs }) => takenOverMs,
    amountOf: ({ firstWaitMs }) => Number(firstWaitMs !== null),
  },
  { column: "wait_ms", atMs: ({ takenOverMs }) => takenOverMs, amountOf: ({ firstWaitMs }) => firstWaitMs ?? 0 },
] as const satisfies readonly HourCounter[];

export type HourColumn = (typeof counters)[number]["column"];

/** The counters of `analytics_hour_counters`, each defined once. An escalation and a takeover are the first ones of a conversation. */
export const hourCounters: readonly HourCounter<HourColumn>[] = counters;

/** What a conversation adds to one hour. */
export interface HourPart {
  readonly day: string;
  /** 0 to 23, as the clock on the wall shows it: an hour that occurs twice is one row. */
  readonly hour: number;
  /** Of the counter in `hourCounters`. */
  readonly place: number;
  readonly amount: number;
}

/** What a conversation contributes by hour. A part whose day is sealed is left out; none needs the start of the conversation. */
export function hourPartsOf(facts: HourFacts, calendar: BusinessCalendar, isKept: (ms: number) => boolean): HourPart[] {
  const parts: HourPart[] = [];
  for (const [place, { atMs, amountOf }] of hourCounters.entries()) {
    const ms = atMs(facts);
    if (ms === null || !isKept(ms)) continue;
    const amount = amountOf(facts);
    const { day, hour } = calendar.hourOf(ms);
    if (amount !== 0) parts.push({ day, hour, place, amount });
  }
  return parts;
}
