/** Figures by agent, from `analytics_agent_metrics`. The row without an agent is what no agent was named for. */
import { agentCounterColumns } from "../../collector-receiver/src/metrics/counter-columns.ts";
import { presenceTables } from "../../collector-receiver/src/storage/facts/agent-presence.ts";
import { firstRelease } from "../../collector-receiver/src/stats/compared-part.ts";
import { changeExpression } from "./change-expression.ts";
import { asNumber, exactExpression, metricExpression } from "./metric-expression.ts";
import type { CounterMetric } from "./metric-expression.ts";
import { heartbeatSeconds } from "./operation-query.ts";
import { quoteName, quoteText } from "./quote-sql.ts";
import { seriesByDay } from "./series-by-day.ts";
import { spanOfDays } from "./span-of-days.ts";

/** The value of the variable `agent` that stands for the row without an agent. */
export const noAgent = "none";

interface NamedMetric {
  readonly metric: CounterMetric;
  readonly name: string;
}

/** The latest name that a login gave, in whatever period. */
const latestNames = `latest_name as (
  select distinct on (agent_id) agent_id, agent_name
  from analytics_agent_metrics
  where tenant_id = '$tenant' and agent_id is not null and agent_name is not null
  order by agent_id, agent_name_at desc nulls last, agent_name_event_id desc
)`;

const key = (table: string): string => `coalesce(${table}.agent_id::text, '${noAgent}')`;
const label = (table: string, unattributed: string): string =>
  `coalesce(latest_name.agent_name, '#' || ${table}.agent_id, ${quoteText(unattributed)})`;

/** One row for each agent that did anything in the range, or was there, most sessions first. */
export function agentTableQuery(
  columns: readonly NamedMetric[],
  names: { readonly agent: string; readonly id: string; readonly unattributed: string },
): string {
  const values = columns.map(
    ({ metric, name }) => `${metricExpression(metric, (counter) => `sum(counter.${counter})`)} as ${quoteName(name)}`,
  );
  return `with ${spanOfDays},
${latestNames},
asked_range as (
  select 1 as place, begins_at as from_at, least(ends_at, greatest(now(), begins_at)) as to_at from span
),
present as (
  with ${presenceTables({ tenant: "'$tenant'", heartbeatSeconds, ranges: "select place, from_at, to_at from asked_range" })}
  select distinct agent_id from stayed
)
select ${label("counter", names.unattributed)} as ${quoteName(names.agent)},
  ${key("counter")} as ${quoteName(names.id)},
  ${values.join(",\n  ")}
from (
  select counted.agent_id, ${agentCounterColumns.join(", ")}
  from span join analytics_agent_metrics counted
    on counted.tenant_id = '$tenant' and counted.day between first_day and last_day
  union all
  select agent_id, ${agentCounterColumns.map(() => "0").join(", ")} from present
) as counter
left join latest_name on latest_name.agent_id = counter.agent_id
group by counter.agent_id, latest_name.agent_name
order by sum(counter.sessions_handled) desc, counter.agent_id nulls last`;
}

/** One row: a metric of the chosen agent over the range, and its change against the days that it is compared with. */
export function agentFigureQuery(
  metric: CounterMetric,
  names: { readonly value: string; readonly change: string },
): string {
  const over = (first: string, last: string): string => `(
  select ${exactExpression(metric, (counter) => `sum(counter.${counter})`)}
  from analytics_agent_metrics counter
  where tenant_id = '$tenant' and day between ${first} and ${last} and ${key("counter")} = '$agent'
)`;
  const change = changeExpression({
    unit: metric.unit,
    now: over("first_day", "over_last"),
    before: over("first_before", "over_before"),
    days: metric.kind === "sum" ? { now: "over_last - first_day + 1", before: "over_before - first_before + 1" } : null,
  });
  const isCompared = `over_last is not null${metric.since === firstRelease ? "" : " and not across_rules"}`;
  return `with ${spanOfDays}
select ${asNumber(over("first_day", "last_day"))} as ${quoteName(names.value)},
  case when ${isCompared} then ${change} end as ${quoteName(names.change)}
from span`;
}

/** A series: metrics of the chosen agent by business day. */
export function agentSeriesQuery(columns: readonly NamedMetric[]): string {
  return seriesByDay(
    columns,
    `analytics_agent_metrics counter
  on counter.tenant_id = '$tenant' and counter.day = days.day and ${key("counter")} = '$agent'`,
  );
}

/** Options of the variable `agent`: everybody who is known, by name. */
export function agentVariableQuery(unattributed: string): string {
  return `with ${latestNames}
select distinct ${label("counter", unattributed)} || case when counter.agent_id is null then '' else ' (' || counter.agent_id || ')' end as "__text",
  ${key("counter")} as "__value"
from analytics_agent_metrics counter
left join latest_name on latest_name.agent_id = counter.agent_id
where counter.tenant_id = '$tenant'
order by 1`;
}
