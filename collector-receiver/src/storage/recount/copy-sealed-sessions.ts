import { instantOf } from "../wire/instant-of.ts";
import type { ContributingFacts } from "../../metrics/session-contribution.ts";
import { sessionTable } from "./derived-tables.ts";
import { contributingFacts } from "../facts/contributing-rows.ts";
import { isOfTenants } from "./is-of-tenants.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Copies the facts of sessions that were first seen before `retainedFromMs` into the shadow table. What
 * is left of their events merges into them without a change, because it has been merged before.
 * @returns the facts of those that went on afterwards: the parts of those days are not sealed
 */
export async function copySealedSessions(
  client: WriterConnection,
  tenantIds: readonly string[],
  retainedFromMs: number,
): Promise<(ContributingFacts & { readonly tenantId: string })[]> {
  const ofTenants = isOfTenants(client, tenantIds);
  const columns = ["tenant_id", ...sessionTable.key, ...sessionTable.facts].join(", ");
  const retainedFrom = instantOf(String(retainedFromMs));
  await client.query(`
    insert into pg_temp.analytics_sessions (${columns}) select ${columns} from public.analytics_sessions
    where ${ofTenants} and first_seen_at < ${retainedFrom}`);
  const { rows } = await client.query<ContributingFacts & { readonly tenantId: string }>(`
    select tenant_id as "tenantId", ${contributingFacts}
    from pg_temp.analytics_sessions
    where ${ofTenants} and last_activity_at >= ${retainedFrom}`);
  return rows;
}
