import { quoteName, quoteText } from "./quote-sql.ts";
import { spanOfDays } from "./span-of-days.ts";

/**
 * Conversations by weekday (a row) and local hour of their start (a column), over the days of the range.
 * @param weekdays from Monday on
 */
export function hourTableQuery(weekdayName: string, weekdays: readonly string[]): string {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const columns = hours.map(
    (hour) =>
      `coalesce(sum(counter.conversations) filter (where counter.hour = ${hour}), 0)::double precision as ${quoteName(
        String(hour).padStart(2, "0"),
      )}`,
  );
  return `with ${spanOfDays}
select weekday.name as ${quoteName(weekdayName)},
  ${columns.join(",\n  ")}
from span
cross join (values ${weekdays.map((name, place) => `(${place + 1}, ${quoteText(name)}::text)`).join(", ")}) as weekday (number, name)
left join analytics_hour_counters counter
  on counter.tenant_id = '$tenant' and counter.day between first_day and last_day and extract(isodow from counter.day) = weekday.number
group by weekday.number, weekday.name
order by weekday.number`;
}
