/** What changes what a curve means, as instants. */
import type { Annotation } from "../../collector-receiver/src/stats/sql/read-annotations.ts";
import { quoteText } from "./quote-sql.ts";
import { spanOfDays } from "./span-of-days.ts";

type Kind = Annotation["kind"];

/**
 * The annotations of some kinds, as the report has them.
 * @param names what stands in front of the text of a kind, and of a setting; a note and a version stand alone
 */
export function annotationQuery(kinds: readonly Kind[], names: Readonly<Record<string, string>>): string {
  const named = (key: string): string => `${quoteText(key)} then ${quoteText(names[key] ?? "")}`;
  const cases = (of: string, keys: readonly string[]): string =>
    `case ${of} ${keys.map((key) => `when ${named(key)}`).join(" ")} end`;
  const labels = kinds.filter((kind) => kind in names);
  const settings = Object.keys(names).filter((key) => !(kinds as readonly string[]).includes(key));
  const label =
    labels.length === 0 && settings.length === 0
      ? "null::text"
      : `coalesce(${[
          ...(settings.length === 0 ? [] : [cases("annotation.subject", settings)]),
          ...(labels.length === 0 ? [] : [cases("annotation.kind", labels)]),
        ].join(", ")})`;
  return `with ${spanOfDays}
select happened_at as "time",
  concat_ws(' ', ${label}, case when kind = 'version' then nullif(subject, '') end,
    case when subject is distinct from 'working_hours' then annotation.text end,
    case when kind = 'cost' then subject when subject in ('idle_timeout', 'agent_heartbeat') then 's' end) as text,
  kind as tags
from span
join analytics_annotations annotation on annotation.tenant_id = '$tenant' and kind in (${kinds.map(quoteText).join(", ")})
  and happened_at >= begins_at and happened_at < ends_at
order by 1, 2`;
}

/** Where retention has cut: counters before are final, and the rows behind them are gone. */
export function retentionAnnotationQuery(text: string): string {
  return `with ${spanOfDays}
select settings_row.retained_from as "time", ${quoteText(text)}::text as text, 'retention' as tags
from span
join analytics_settings settings_row on settings_row.tenant_id = '$tenant'
  and spanledger_day_of(span.timezone, settings_row.retained_from) between first_day and last_day`;
}
