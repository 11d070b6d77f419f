import { customerSlots } from "../../metrics/customer-days.ts";
import type { CustomerChange } from "../../metrics/counter-change.ts";

/**
 * `analytics_customers` says of each slot of a row (see metrics/customer-days.ts) how many sessions a
 * customer has: 1 or 0 by a bit of `days`, and what is more (or, in a damaged table, less) by `repeats`,
 * which is null if all of it is 0. So equal counts are equal rows, and whether somebody was there in
 * a period is one `&`.
 */

/** A row's `days` from counts; a double holds 37 bits exactly. */
export function packDays({ counts }: CustomerChange): number {
  let days = 0;
  for (const { slot, sessions } of counts) if (sessions > 0) days += 2 ** slot;
  return days;
}

/** A row's `repeats` as the text of an `int[]`, or null. */
export function packRepeats({ counts }: CustomerChange): string | null {
  if (counts.every(({ sessions }) => sessions === 0 || sessions === 1)) return null;
  const repeats = Array.from({ length: customerSlots }, () => 0);
  for (const { slot, sessions } of counts) repeats[slot] = sessions > 0 ? sessions - 1 : sessions;
  return `{${repeats.join(",")}}`;
}

/** SQL: sessions in `slot` of the row `alias`. */
export const sessionsInSlot = (alias: string): string =>
  `((${alias}.days >> slot) & 1)::int + coalesce(${alias}.repeats[slot + 1], 0)`;

const slots = `generate_series(0, ${customerSlots - 1}) as slot`;

/** SQL: `days` of a row whose slots have `sessions` (an expression of `slot`). */
export const customerDaysOf = (sessions: string): string =>
  `(select coalesce(bit_or(1::bigint << slot) filter (where n > 0), 0) from (select slot, ${sessions} as n from ${slots}) as counted)`;

/** SQL: `repeats` of such a row. */
export const repeatsOf = (sessions: string): string =>
  `(select case when bool_or(n - (n > 0)::int <> 0) then array_agg(n - (n > 0)::int order by slot) end
    from (select slot, ${sessions} as n from ${slots}) as counted)`;

const sum = `${sessionsInSlot("c")} + ${sessionsInSlot("excluded")}`;
/** Days on which the customer had no session, one each: all that most changes are. */
const isNewDays = "excluded.repeats is null and c.days & excluded.days = 0 and 0 <= all (coalesce(c.repeats, '{}'))";
/** One more session on one day that the customer has: the next most frequent. */
const isRepeat = `excluded.repeats is null and excluded.days & (excluded.days - 1) = 0
  and c.days & excluded.days = excluded.days and excluded.days <> 0`;
const slotOfRepeat = "round(ln(excluded.days::float8) / ln(2::float8))::int";
const repeatsOrZeros = `coalesce(c.repeats, '{${Array.from({ length: customerSlots }, () => 0).join(",")}}')`;
const oneMore = `(${repeatsOrZeros})[1:${slotOfRepeat}]
  || ((${repeatsOrZeros})[${slotOfRepeat} + 1] + 1) || (${repeatsOrZeros})[${slotOfRepeat} + 2:${customerSlots}]`;

/**
 * SQL: adds the sessions of a row to those that are there; the table is `c`. Slot by slot is the general
 * way and takes 40 µs; the two short ones take about one.
 */
export const addCustomerMonth = `on conflict (tenant_id, month, user_id) do update set
  prev_days = c.days,
  days = case when ${isNewDays} then c.days | excluded.days when ${isRepeat} then c.days else ${customerDaysOf(sum)} end,
  repeats = case when ${isNewDays} then c.repeats when ${isRepeat} then ${oneMore} else ${repeatsOf(sum)} end`;
