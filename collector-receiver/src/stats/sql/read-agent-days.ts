import type { Pool } from "pg";
import { agentCounterColumns } from "../../metrics/counter-columns.ts";
import type { DayRange } from "../report-period.ts";
import type { AgentCounters } from "./read-agents.ts";

/** What was counted of an agent on a day; days without anything have none. */
export interface AgentDay {
  readonly day: string;
  readonly counters: AgentCounters;
}

/** The days of one agent: a look-up a day, however many agents there are. */
export async function readAgentDays(
  pool: Pick<Pool, "query">,
  tenantId: string,
  agentId: number,
  days: DayRange,
): Promise<AgentDay[]> {
  const { rows } = await pool.query<AgentCounters & { readonly day_text: string }>({
    name: "web-read-agent-days",
    text: `
select to_char(wanted.day, 'YYYY-MM-DD') as day_text, counted.*
from generate_series($3::date::timestamp, $4::date, interval '1 day') as wanted (day)
cross join lateral (
  select ${agentCounterColumns.map((column) => `${column}::text`).join(", ")}
  from analytics_agent_metrics
  where tenant_id = $1 and day = wanted.day::date and agent_id = $2
) as counted
order by 1`,
    values: [tenantId, agentId, days.startDate, days.endDate],
  });
  return rows.map(({ day_text: day, ...counters }) => ({ day, counters }));
}
