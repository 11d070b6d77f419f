/**
 * The business days that the dashboard's time range touches, as common table expressions that every
 * query begins with.
 *
 * Why not `$__timeGroup` and `$__timeFilter`: the first buckets by UTC, so that a day in Shanghai falls
 * apart at 08:00 (https://github.com/grafana/grafana/issues/51525); the second is inclusive at both ends,
 * so that a range that ends at midnight would take in the next day. Macros without arguments are the only
 * ones used: Grafana's pattern for a macro ends at the first closing parenthesis.
 *
 * Days are cut by `spanledger_day_of` and `spanledger_start_of_day`, which know what the receiver knows of the timezone:
 * counters were cut into days by its timezone database, and PostgreSQL's may be of another version.
 */

/** The first instant of a business day of the tenant. */
export const startOfDay = (day: string): string => `spanledger_start_of_day(timezone, ${day})`;

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
 * `settings` (timezone), `span`: first_day and last_day (both included), when they begin and end, today, and the days that
 * are compared, by the rule of the case study (`compare-periods.ts`): own days up to over_last with those from first_before to
 * over_before, or up to ended_last and ended_before for what conversations need time for. These are null if no day can be
 * compared. across_rules: the other period was sealed by older counting rules.
 */
export const spanOfDays = `settings as (
  select coalesce(max(timezone), 'Asia/Shanghai') as timezone,
    coalesce(max(idle_timeout_seconds), 86400) * interval '1 second' as idle_timeout,
    max(idle_through) as idle_through, max(rules_since) as rules_since
  from analytics_settings
  where tenant_id = '$tenant'
),
asked as (
  select *, spanledger_day_of(timezone, now()) as today
  from settings
  cross join lateral spanledger_days_between(timezone, $__timeFrom()::timestamptz, $__timeTo()::timestamptz)
),
other as (
  select *,
    coalesce(
      (select (first_day - months * interval '1 month')::date
        from (values (1, 'month'), (3, 'quarter'), (12, 'year')) as calendar (months, unit)
        where first_day = date_trunc(unit, first_day::timestamp)::date
          and last_day = (first_day + months * interval '1 month')::date - 1),
      first_day - (last_day - first_day + 1)) as first_before,
    first_day - 1 as last_before,
    today - 1 as over_day,
    least(today - 1, spanledger_day_of(timezone, idle_through - idle_timeout - interval '24 hours') - 1) as ended_day
  from asked
),
span as materialized (
  select timezone, first_day, last_day, today, first_before, rules_since,
    ${comparedUpTo("over")},
    ${comparedUpTo("ended")},
    coalesce(first_before < rules_since and rules_since <= last_day, false) as across_rules,
    ${startOfDay("first_day")} as begins_at, ${startOfDay("last_day + 1")} as ends_at
  from other
)`;

/** The last days of both sides, if what counts up to a day is compared. */
function comparedUpTo(part: "over" | "ended"): string {
  const lastOwn = `least(last_day, ${part}_day)`;
  const lastBefore = `least(last_before, ${part}_day, case when ${part}_day < last_day then first_before + (${part}_day - first_day) else last_before end)`;
  const isCompared = `${lastOwn} >= first_day and ${lastBefore} >= first_before`;
  return `case when ${isCompared} then ${lastOwn} end as ${part}_last,
    case when ${isCompared} then ${lastBefore} end as ${part}_before`;
}

/** More columns of the span, for figures that are read from one row: which row that is. */
export const spanRows = `span_rows as (
  select *,
    ${rowOf("first_day", "last_day")} as row_now,
    ${rowOf("first_day", "over_last")} as row_over,
    ${rowOf("first_before", "over_before")} as row_before
  from span
)`;

/** Every business day of the range that has begun, one row each: an empty day is a row too. */
export const daysOfSpan = `days as (
  select day::date as day, ${startOfDay("day::date")} as "time"
  from span
  cross join lateral generate_series(first_day::timestamp, least(last_day, today)::timestamp, interval '1 day') as day
)`;

/** A business day as `period_value` has it. */
export const periodValue = day;
