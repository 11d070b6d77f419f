import { countingRules } from "../../metrics/counting-rules.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { CountingRulesError } from "./counting-rules-error.ts";

/**
 * Refuses tenants that are counted by other rules than this version's. In a transaction that holds the ingest lock, the
 * answer holds until its end.
 * @throws CountingRulesError naming them
 */
export async function refuseUnknownRules(
  client: Pick<WriterConnection, "query">,
  tenantIds: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ tenant_id: string; counting_rules: number }>({
    text: `
      select tenant_id, counting_rules from analytics_settings
      where tenant_id = any ($1::text[]) and counting_rules <> $2 order by tenant_id`,
    values: [tenantIds, countingRules],
  });
  if (rows.length > 0) throw new CountingRulesError(new Map(rows.map((row) => [row.tenant_id, row.counting_rules])));
}
