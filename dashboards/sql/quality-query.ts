/** Queries about the data themselves: sources, rejections, lag, names. */
import { lagFigures, rejectionFigures } from "../panels/health-figures.ts";
import type { HealthFigure } from "../panels/health-figures.ts";
import { asNumber } from "./metric-expression.ts";
import { quoteName } from "./quote-sql.ts";
import { daysOfSpan, periodValue, spanOfDays } from "./span-of-days.ts";

interface NamedFigure {
  readonly figure: HealthFigure;
  readonly name: string;
}

const column = ({ figure, name }: NamedFigure): string => `${asNumber(figure.sql)} as ${quoteName(name)}`;

/** Instants of the range in business days: what has an instant and no business day of its own. */
const between = (instant: string): string => `${instant} >= begins_at and ${instant} < ends_at`;

/** Sources that were heard of in the range: their numbers are of their whole life, not of the range. */
const sourcesOfRange = `from span
join analytics_sources on tenant_id = '$tenant'
  and last_seen_at >= begins_at and first_seen_at < ends_at`;

/** One row: a figure over the sources of the range; null without any. */
export function sourceFigureQuery(named: NamedFigure): string {
  return `with ${spanOfDays}\nselect ${column(named)}\n${sourcesOfRange}`;
}

/** One row for each service that sent in the range, those with the most missing first. */
export function sourceTableQuery(
  columns: readonly NamedFigure[],
  names: { readonly service: string; readonly sources: string; readonly lastSeen: string },
  mostMissing: HealthFigure,
): string {
  return `with ${spanOfDays}
select coalesce(service_name, '—') as ${quoteName(names.service)},
  count(*)::double precision as ${quoteName(names.sources)},
  ${columns.map(column).join(",\n  ")},
  max(last_seen_at) as ${quoteName(names.lastSeen)}
${sourcesOfRange}
group by service_name
order by ${mostMissing.sql} desc, 1`;
}

/** One row: a share over the day rows of the range. */
export function coverageQuery(named: NamedFigure): string {
  return `with ${spanOfDays}
select ${column(named)}
from span
join analytics_business_metrics on tenant_id = '$tenant' and period_type = 'day'
  and period_value between ${periodValue("first_day")} and ${periodValue("last_day")}`;
}

/** One row: rejections of the range, by the time they arrived. */
export function rejectionFigureQuery(named: NamedFigure): string {
  return `with ${spanOfDays}
select ${column(named)}
from span
join analytics_rejected_events on tenant_id = '$tenant' and ${between("rejected_at")}`;
}

/** A series for each code that occurs in the range; a day without any is 0. */
export function rejectionSeriesQuery(): string {
  return `with ${spanOfDays},
${daysOfSpan},
day_starts as (
  select array_agg("time" order by day) as starts, array_agg(day order by day) as days_in_order from days
),
counted as (
  select days_in_order[width_bucket(rejected_at, starts)] as day, code, ${rejectionFigures.rejected.sql} as events
  from span
  cross join day_starts
  join analytics_rejected_events on tenant_id = '$tenant' and ${between("rejected_at")}
  where cardinality(starts) > 0
  group by 1, 2
)
select days."time", codes.code::text as metric, coalesce(counted.events, 0)::double precision as value
from days
cross join (select distinct code from counted) as codes
left join counted on counted.day = days.day and counted.code = codes.code
order by 1, 2`;
}

/** One row for each reason, event and service. */
export function rejectionTableQuery(names: {
  readonly code: string;
  readonly event: string;
  readonly service: string;
  readonly rejected: string;
  readonly waiting: string;
  readonly last: string;
}): string {
  return `with ${spanOfDays}
select code::text as ${quoteName(names.code)}, coalesce(event_name, '—')::text as ${quoteName(names.event)},
  coalesce(service_name, '—') as ${quoteName(names.service)},
  ${column({ figure: rejectionFigures.rejected, name: names.rejected })},
  ${column({ figure: rejectionFigures.waiting, name: names.waiting })},
  max(rejected_at) as ${quoteName(names.last)}
from span
join analytics_rejected_events on tenant_id = '$tenant' and ${between("rejected_at")}
group by code, event_name, service_name
order by count(*) desc, 1, 2, 3
limit 200`;
}

/** A series for each event name that was counted in the range, custom ones too; a day without any is 0. */
export function eventSeriesQuery(): string {
  return `with ${spanOfDays},
${daysOfSpan},
counted as (
  select day, event_name, events
  from span
  join analytics_event_counts on tenant_id = '$tenant' and day between first_day and last_day
)
select days."time", names.event_name::text as metric, coalesce(counted.events, 0)::double precision as value
from days
cross join (select distinct event_name from counted) as names
left join counted on counted.day = days.day and counted.event_name = names.event_name
order by 1, 2`;
}

/** One row: how long ago a counter moved. Month rows are few, and a batch that counts touches one. */
export function counterLagQuery(name: string, ofTenant: boolean): string {
  return `select ${column({ figure: lagFigures.counters, name })}
from analytics_business_metrics
where period_type = 'month'${ofTenant ? " and tenant_id = '$tenant'" : ""}`;
}

/** One row: how far the sweeper lies behind. */
export function sweeperLagQuery(name: string, ofTenant: boolean): string {
  return `select ${column({ figure: lagFigures.sweeper, name })}
from analytics_settings${ofTenant ? "\nwhere tenant_id = '$tenant'" : ""}`;
}
