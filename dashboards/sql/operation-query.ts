/** Figures of operations: agent time from changes of status, reopening and backlog from counters of tickets. */
import type { OperationMetric, OperationTerm } from "../../collector-receiver/src/metrics/operation-metrics.ts";
import { presenceTables } from "../../collector-receiver/src/storage/facts/agent-presence.ts";
import { sumUpTo } from "../../collector-receiver/src/stats/sql/read-ticket-stock.ts";
import { firstRelease, growsWithAge } from "../../collector-receiver/src/stats/compared-part.ts";
import { changeExpression } from "./change-expression.ts";
import { asNumber, hasReported } from "./metric-expression.ts";
import { quoteName, quoteText } from "./quote-sql.ts";
import { daysOfSpan, periodValue, spanOfDays, startOfDay } from "./span-of-days.ts";

const tenant = "'$tenant'";

/** How long an agent without any event counts as there; the migrations' default if a tenant has no settings yet. */
export const heartbeatSeconds = `(select coalesce(max(agent_heartbeat_seconds), 14400) from analytics_settings where tenant_id = ${tenant})`;

/** Whether days are counted by the present rules, were sealed by those before, or are some of each. */
function rulesOver(first: string, last: string): string {
  return `case when ${last} < rules_since then 'sealed' when ${first} < rules_since then 'mixed' else 'present' end`;
}

/** Days as instants, never beyond now: place 1 is the range, 2 and 3 the sides of its comparison, if a day is compared. */
const askedRanges = `asked_ranges as (
  select place, ${startOfDay("first_asked")} as from_at,
    least(${startOfDay("last_asked + 1")}, greatest(now(), ${startOfDay("first_asked")})) as to_at,
    first_asked, last_asked, ${rulesOver("first_asked", "last_asked")} as day_rules
  from span
  cross join lateral (
    values (1, first_day, last_day), (2, first_day, over_last), (3, first_before, over_before)
  ) as asked (place, first_asked, last_asked)
  where last_asked is not null
)`;

/** Every day of the range as a range of its own. */
const dayRanges = `asked_ranges as (
  select row_number() over (order by day)::int as place, "time" as from_at,
    least(${startOfDay("day + 1")}, greatest(now(), "time")) as to_at,
    day as first_asked, day as last_asked, "time", ${rulesOver("day", "day")} as day_rules
  from days cross join span
)`;

/** Within it `span` is the one of agent time; the ranges were asked for before. */
const ranges = "select place, from_at, to_at from asked_ranges";

/** What each term is counted from, over rows of one range. */
const terms: Readonly<Record<Exclude<OperationTerm, `ai_${string}`>, string>> = {
  agent_online_ms: "sum(ms) filter (where state = 'online')",
  agent_busy_ms: "sum(ms) filter (where state = 'busy')",
  agent_away_ms: "sum(ms) filter (where state = 'away')",
  agent_present_ms:
    "sum(ms) filter (where rules = 'present' and state <> 'occupied' or rules = 'sealed' and state in ('online', 'busy'))",
  // Sealed days keep handle time.
  agent_occupied_ms:
    "sum(case when rules = 'sealed' then handle_ms when rules = 'present' and state = 'occupied' then ms end)",
  tickets_first_closed: "sum(first_resolutions)",
  tickets_first_closed_reopened: "sum(tickets_reopened)",
  tickets_open_at_end: "sum(open_then)",
  tickets_unassigned_at_end: "sum(unassigned_then)",
};

/** Whether Grafana's role may read what a metric is made of: durable resolutions rest on who a customer was. */
export function isShownOnBoards({ key }: OperationMetric): boolean {
  return !key.startsWith("ai_");
}

const isOfTickets = ({ group }: OperationMetric): boolean => group === "tickets";

/** Rows to count from: with `handle_ms`, the handle time that was released in each range. */
function rowsOf(metric: OperationMetric, of: "all" | "chosen agent"): string {
  if (isOfTickets(metric)) return ticketRows;
  // As text: the variable may stand for what no agent was named for.
  const mine = of === "all" ? "" : " and agent_id::text = '$agent'";
  const handled = `select place, day_rules as rules, null::int as agent_id, null as state, null::bigint as ms,
    (select sum(total_handle_time_sec) * 1000 from ${
      of === "all"
        ? `analytics_business_metrics where tenant_id = ${tenant} and period_type = 'day' and period_value between ${periodValue("first_asked")} and ${periodValue("last_asked")}`
        : `analytics_agent_metrics where tenant_id = ${tenant} and day between first_asked and last_asked${mine}`
    }) as handle_ms
  from asked_ranges where day_rules = 'sealed'`;
  return `counted as (
  with ${presenceTables({ tenant, heartbeatSeconds, ranges })}
  select place, day_rules as rules, agent_id, state, ms, null::numeric as handle_ms
  from stayed join asked_ranges using (place) where true${mine}
  union all
  ${handled}
)`;
}

const flowOfDays = (column: string): string =>
  `(select sum(${column}) from analytics_business_metrics where tenant_id = ${tenant} and period_type = 'day'
      and period_value between ${periodValue("first_asked")} and ${periodValue("last_asked")})`;

/** One row for each range. */
const ticketRows = `counted as (
  select place, ${flowOfDays("first_resolutions")} as first_resolutions,
    ${flowOfDays("tickets_reopened")} as tickets_reopened,
    ${sumUpTo("backlog_change", tenant, "last_asked")} as open_then,
    ${sumUpTo("backlog_unassigned_change", tenant, "last_asked")} as unassigned_then
  from asked_ranges
)`;

/** The metric over the rows of a place, not rounded. */
function exactOf(metric: OperationMetric): string {
  const sum = ({ add }: OperationMetric["numerator"]): string =>
    add.map((term) => `coalesce(${terms[term as keyof typeof terms]}, 0)`).join(" + ");
  if (metric.kind === "sum") return sum(metric.numerator);
  return `(${sum(metric.numerator)}) * ${metric.factor}.0 / nullif(${sum(metric.denominator)}, 0)`;
}

/** As `exactOf`, rounded as the API rounds it. */
const valueOf = (metric: OperationMetric): string => asNumber(exactOf(metric));

/**
 * One row: a metric over the range, and its change against the days that it is compared with; null if the product has
 * never reported.
 */
export function operationFigureQuery(
  metric: OperationMetric,
  names: { readonly value: string; readonly change: string },
  of: "all" | "chosen agent",
): string {
  const at = (place: number): string => `(select ${exactOf(metric)} from counted where place = ${place})`;
  const isStock = metric.cohort === "period_end";
  const change = changeExpression({
    unit: metric.unit,
    now: at(2),
    before: at(3),
    days:
      metric.kind === "sum" && !isStock
        ? { now: "over_last - first_day + 1", before: "over_before - first_before + 1" }
        : null,
  });
  const isCompared = growsWithAge.has(metric.key)
    ? "false"
    : `over_last is not null${metric.since === firstRelease ? "" : " and not across_rules"}`;
  return `with ${spanOfDays},
${askedRanges},
${rowsOf(metric, of)}
select case when ${hasReported(metric)} then ${asNumber(at(1))} end as ${quoteName(names.value)},
  case when ${hasReported(metric)} and ${isCompared} then ${change} end as ${quoteName(names.change)}
from span`;
}

/** A series: metrics of one kind by business day; 0 on a day without any. */
export function operationSeriesQuery(
  columns: readonly { readonly metric: OperationMetric; readonly name: string }[],
  of: "all" | "chosen agent",
): string {
  const [first] = columns;
  if (first === undefined) throw new Error("a series needs a metric");
  return `with ${spanOfDays},
${daysOfSpan},
${dayRanges},
${rowsOf(first.metric, of)}
select asked_ranges."time",
  ${columns.map(({ metric, name }) => `${valueOf(metric)} as ${quoteName(name)}`).join(",\n  ")}
from asked_ranges
left join counted using (place)
group by asked_ranges."time"
order by 1`;
}

/** One row for each agent who did anything in the range, or was there: time by state, longest first. */
export function agentTimeTableQuery(
  columns: readonly { readonly metric: OperationMetric; readonly name: string }[],
  names: { readonly agent: string; readonly id: string },
): string {
  return `with ${spanOfDays},
${askedRanges},
counted as (
  with ${presenceTables({ tenant, heartbeatSeconds, ranges: `${ranges} where place = 1` })}
  select day_rules as rules, agent_id, state, ms, null::numeric as handle_ms from stayed join asked_ranges using (place)
  union all
  select day_rules as rules, agent_id, null, null, total_handle_time_sec * 1000
  from analytics_agent_metrics
  join asked_ranges on place = 1 and day between first_asked and last_asked
  where tenant_id = ${tenant} and agent_id is not null
),
latest_name as (
  select distinct on (agent_id) agent_id, agent_name
  from analytics_agent_metrics
  where tenant_id = ${tenant} and agent_id is not null and agent_name is not null
  order by agent_id, agent_name_at desc nulls last, agent_name_event_id desc
)
select coalesce(latest_name.agent_name, ${quoteText("#")} || counted.agent_id) as ${quoteName(names.agent)},
  counted.agent_id::text as ${quoteName(names.id)},
  ${columns.map(({ metric, name }) => `${valueOf(metric)} as ${quoteName(name)}`).join(",\n  ")}
from counted
left join latest_name using (agent_id)
group by counted.agent_id, latest_name.agent_name
order by coalesce(sum(ms) filter (where state <> 'occupied'), 0) desc, counted.agent_id`;
}
