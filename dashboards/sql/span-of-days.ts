/**
 * The business days that the dashboard's time range touches, as common table expressions that every
 * query begins with.
 *
 * Why not `$__timeGroup` and `$__timeFilter`: the first buckets by UTC, so that a day in Shanghai falls
 * apart at 08:00 (https://github.com/grafana/grafana/issues/51525); the second is inclusive at both ends,
 * so that a range that ends at midnight would take in the next day. Macros without arguments are the only
 * ones used: Grafana's pattern for a macro ends at the first closing parenthesis.
 */

const day = (text: string): string => `to_char(${text}, 'YYYY-MM-DD')`;

/** The row of the counters that is exactly a range of days, or null: distinct customers do not add up. */
function rowOf(first: string, last: string): string {
  return `case
      when ${first} = ${last} then 'day ' || ${day(first)}
      when ${first} = date_trunc('week', ${first}::timestamp)::date and ${last} = ${first} + 6 then to_char(${first}, '"week "IYYY-"W"IW')
      when ${first} = date_trunc('month', ${first}::timestamp)::date and ${last} = (date_trunc('month', ${first}::timestamp) + interval '1 month')::date - 1 then to_char(${first}, '"month "YYYY-MM')
    end`;
}

/**
 * `settings` (timezone), `span`: first_day and last_day (both included), today, and the days that the range is
 * compared with, by the rule of the case study: a calendar month with the one before, anything else with as
 * many days before it, and what is still running with the days of the one before that have their counterpart.
 */
export const spanOfDays = `settings as (
  select coalesce(max(timezone), 'Asia/Shanghai') as timezone
  from analytics_settings
  where tenant_id = '$tenant'
),
asked as (
  select timezone,
    ($__timeFrom()::timestamptz at time zone timezone)::date as first_day,
    (($__timeTo()::timestamptz - interval '1 millisecond') at time zone timezone)::date as last_day,
    (now() at time zone timezone)::date as today
  from settings
),
months as (
  select *,
    first_day = date_trunc('month', first_day::timestamp)::date
      and last_day = (first_day + interval '1 month')::date - 1 as is_month,
    (first_day - interval '1 month')::date as month_before
  from asked
),
compared as (
  select *,
    case when is_month then month_before else first_day - (last_day - first_day + 1) end as first_before,
    case when is_month then first_day - month_before else last_day - first_day + 1 end as most_before,
    case when today between first_day and last_day then today - first_day + 1 else 2147483647 end as elapsed
  from months
),
span as (
  select timezone, first_day, last_day, today,
    first_before, first_before + least(most_before, elapsed) - 1 as last_before
  from compared
)`;

/** Two more columns of the span, for figures that are read from one row: which row that is. */
export const spanRows = `span_rows as (
  select *,
    ${rowOf("first_day", "last_day")} as row_now,
    ${rowOf("first_before", "last_before")} as row_before
  from span
)`;

/** Every business day of the range that has begun, one row each: an empty day is a row too. */
export const daysOfSpan = `days as (
  select day::date as day, (day at time zone timezone) as "time"
  from span
  cross join lateral generate_series(first_day::timestamp, least(last_day, today)::timestamp, interval '1 day') as day
)`;

/** A business day as `period_value` has it. */
export const periodValue = day;
