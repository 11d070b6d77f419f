/** Events of the settings that change what a curve means; instants, at the beginning of a business day. */
import { quoteText } from "./quote-sql.ts";
import { spanOfDays, startOfDay } from "./span-of-days.ts";

/** When another cost of a manual session came into force. */
export function costAnnotationQuery(text: string): string {
  return `with ${spanOfDays}
select ${startOfDay("valid_from")} as "time",
  ${quoteText(text)} || ' ' || cost_per_manual_session as text, 'cost' as tags
from span
join analytics_costs on tenant_id = '$tenant' and valid_from between first_day and last_day
order by 1`;
}

/** What people said about a moment. */
export function noteAnnotationQuery(): string {
  return `with ${spanOfDays}
select noted_at as "time", note.text, 'note' as tags
from span
join analytics_notes note on note.tenant_id = '$tenant'
  and spanledger_day_of(span.timezone, noted_at) between first_day and last_day
order by 1`;
}

/** Where retention has cut: counters before are final, and the rows behind them are gone. */
export function retentionAnnotationQuery(text: string): string {
  return `with ${spanOfDays}
select settings_row.retained_from as "time", ${quoteText(text)}::text as text, 'retention' as tags
from span
join analytics_settings settings_row on settings_row.tenant_id = '$tenant'
  and spanledger_day_of(span.timezone, settings_row.retained_from) between first_day and last_day`;
}
