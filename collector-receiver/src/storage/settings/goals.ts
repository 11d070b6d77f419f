import type { Goal } from "../../metrics/goals.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Stores a goal, in the open transaction; one of the same metric and day is replaced. */
export async function storeGoal(client: WriterConnection, tenantId: string, goal: Goal): Promise<void> {
  await client.query({
    text: `
      insert into analytics_goals (tenant_id, metric, valid_from, comparison, target, per)
      values ($1, $2, $3::date, $4, $5::numeric, $6)
      on conflict (tenant_id, metric, valid_from) do update
        set comparison = excluded.comparison, target = excluded.target, per = excluded.per`,
    values: [tenantId, goal.metric, goal.validFrom, goal.comparison, goal.target, goal.per],
  });
}

/**
 * Removes goals of a metric, in the open transaction.
 * @param from only the goal from this day on; undefined: all of them
 * @returns the days from which they held
 */
export async function deleteGoals(
  client: WriterConnection,
  tenantId: string,
  metric: string,
  from: string | undefined,
): Promise<string[]> {
  const { rows } = await client.query<{ valid_from: string }>({
    text: `
      delete from analytics_goals
      where tenant_id = $1 and metric = $2 and ($3::date is null or valid_from = $3::date)
      returning valid_from::text`,
    values: [tenantId, metric, from],
  });
  return rows.map(({ valid_from: validFrom }) => validFrom).toSorted();
}
