import { asNumber } from "./metric-expression.ts";
import { quoteName, quoteText } from "./quote-sql.ts";
import { spanOfDays } from "./span-of-days.ts";

/** One row for each value of a counted attribute in the range, the most frequent first; at most 15. */
export function attributeQuery(
  counted: { readonly event: string; readonly attribute: string },
  names: { readonly value: string; readonly events: string },
): string {
  return `with ${spanOfDays}
select value as ${quoteName(names.value)}, ${asNumber("sum(events)")} as ${quoteName(names.events)}
from span
join analytics_attribute_counts on tenant_id = '$tenant' and event_name = ${quoteText(counted.event)}
  and attribute = ${quoteText(counted.attribute)} and day between first_day and last_day
group by value
having sum(events) > 0
order by sum(events) desc, value
limit 15`;
}
