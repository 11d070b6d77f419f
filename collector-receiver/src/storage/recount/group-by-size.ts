import type { WriterConnection } from "../wire/writer-connection.ts";

/** Tenants that one snapshot verifies at most: their names stand in each statement. */
const maxTenants = 500;
/** Sessions and messages of them, about: a snapshot of many large tenants would hold back vacuum for long. */
const maxCounted = 200_000;

/**
 * Cuts a list of tenants into groups that are verified in one snapshot each: large tenants alone, small ones together. How
 * large a tenant is follows from its counters, which may be wrong; then a group is larger or smaller than it should be.
 */
export async function groupBySize(
  client: Pick<WriterConnection, "query">,
  tenantIds: readonly string[],
): Promise<string[][]> {
  if (tenantIds.length <= 1) return tenantIds.map((tenantId) => [tenantId]);
  const { rows } = await client.query<{ tenant_id: string; counted: number }>({
    text: `
      select tenant_id, sum(total_sessions + total_messages)::float8 as counted from analytics_business_metrics
      where tenant_id = any ($1::text[]) and period_type = 'month' group by tenant_id`,
    values: [tenantIds],
  });
  const countedOf = new Map(rows.map(({ tenant_id, counted }) => [tenant_id, counted]));
  const groups: string[][] = [];
  let group: string[] = [];
  let sum = 0;
  for (const tenantId of tenantIds) {
    const counted = countedOf.get(tenantId) ?? 0;
    if (group.length > 0 && (group.length === maxTenants || sum + counted > maxCounted)) {
      groups.push(group);
      group = [];
      sum = 0;
    }
    group.push(tenantId);
    sum += counted;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
