import { addDays, daysBetween, monthOf, startOfWeek } from "./business-calendar.ts";
import type { PeriodType } from "./business-calendar.ts";

/**
 * Distinct customers of days, ISO weeks and months from one row per customer and month. Each row has a
 * slot for every day of its month, and for the days of other months that lie in one of its weeks; a
 * week belongs to the month of its Thursday. So a session counts in one row, or in two where its week
 * belongs to another month (about one day in eighteen).
 */

/** Slots of a row: three days before the month, up to 31 in it, three after it. */
export const customerSlots = 37;
const firstOfMonthSlot = 3;
const thursday = 3;

/** A day's place in a row. */
export interface CustomerSlot {
  /** First day of the row's month. */
  readonly month: string;
  readonly slot: number;
}

/** The slots of one row that a period is made of; bit n is slot n (37 bits: more than `|` can do). */
export interface CustomerMask {
  readonly month: string;
  readonly days: number;
}

const slots = new Map<string, readonly CustomerSlot[]>();
const masks = new Map<string, CustomerMask>();
const maxCached = 10_000;

/** Where a day's sessions are counted: in the row of its month, and in the row that its week belongs to. */
export function customerSlotsOf(day: string): readonly CustomerSlot[] {
  let found = slots.get(day);
  if (found === undefined) {
    const own = firstDayOf(monthOf(day));
    const ofWeek = firstDayOf(monthOf(addDays(startOfWeek(day), thursday)));
    found = (own === ofWeek ? [own] : [own, ofWeek]).map((month) => ({ month, slot: slotOf(day, month) }));
    if (slots.size >= maxCached) slots.clear();
    slots.set(day, found);
  }
  return found;
}

/** Which slots of which row say whether somebody was a customer in a period. */
export function customerMaskOf(type: PeriodType, start: string): CustomerMask {
  const key = type + start;
  let mask = masks.get(key);
  if (mask === undefined) {
    const month = firstDayOf(monthOf(type === "week" ? addDays(start, thursday) : start));
    const days = type === "day" ? 1 : type === "week" ? 7 : daysBetween(month, firstDayOf(monthOf(addDays(month, 31))));
    mask = { month, days: (2 ** days - 1) * 2 ** slotOf(start, month) };
    if (masks.size >= maxCached) masks.clear();
    masks.set(key, mask);
  }
  return mask;
}

function slotOf(day: string, month: string): number {
  return daysBetween(month, day) + firstOfMonthSlot;
}

function firstDayOf(month: string): string {
  return `${month}-01`;
}
