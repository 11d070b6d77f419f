import type { Pool } from "pg";
import type { PeriodType } from "../../metrics/business-calendar.ts";
import type { Goal, GoalComparison } from "../../metrics/goals.ts";

interface Row {
  readonly metric: string;
  readonly valid_from: string;
  readonly comparison: GoalComparison;
  readonly target: string;
  readonly per: PeriodType | null;
}

/** The goals of a tenant, by metric and day. */
export async function readGoals(pool: Pick<Pool, "query">, tenantId: string): Promise<Goal[]> {
  const { rows } = await pool.query<Row>({ name: "stats-read-goals", text: readGoalsSql, values: [tenantId] });
  return rows.map(({ valid_from: validFrom, ...goal }) => ({ ...goal, validFrom }));
}

const readGoalsSql = `
select metric, valid_from::text, comparison, target::text, per
from analytics_goals where tenant_id = $1
order by metric, valid_from
`;
