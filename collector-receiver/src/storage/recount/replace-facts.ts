import { instantAfter, instantOf } from "../wire/instant-of.ts";
import type { TenantRules } from "../../metrics/session-contribution.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { sessionTable } from "./derived-tables.ts";
import type { DerivedTable } from "./shadow-tables.ts";

type FactTable = Pick<DerivedTable, "table" | "key" | "facts">;

/**
 * Replaces the stored facts of a tenant by those of the recount, in the open transaction that has the tenant alone. Rows that
 * are right already stay as they are.
 */
export async function replaceFacts(
  client: WriterConnection,
  { table, key, facts }: FactTable,
  tenantId: string,
): Promise<void> {
  const ids = ["tenant_id", ...key];
  await removeOthers(client, { table, key, facts }, tenantId);
  await client.query({
    text: `
      insert into public.${table} as stored (${[...ids, ...facts].join(", ")})
      select ${[...ids, ...facts].join(", ")} from pg_temp.${table} where tenant_id = $1
      on conflict (${ids.join(", ")}) do update set ${assignments(facts)}
      where ${differs(facts)}`,
    values: [tenantId],
  });
}

/** The same for sessions, which the sweeper has to look at too. */
export async function replaceSessionFacts(client: WriterConnection, rules: TenantRules): Promise<void> {
  const { facts } = sessionTable;
  const columns = ["tenant_id", "session_id", ...facts].join(", ");
  await removeOthers(client, sessionTable, rules.tenantId);
  await client.query({
    text: `
      insert into public.analytics_sessions as stored (${columns}, idle_check_at)
      select ${columns}, case when first_end_at is null and due_at > idle_through then due_at end
      from pg_temp.analytics_sessions
      cross join lateral (select ${instantAfter("last_activity_at", "$2")} as due_at,
        ${instantOf("$3")} as idle_through) as settings
      where tenant_id = $1
      on conflict (tenant_id, session_id) do update set ${assignments(facts)}
      where ${differs(facts)}`,
    values: [rules.tenantId, rules.idleTimeoutMs, rules.idleThroughMs],
  });
}

async function removeOthers(client: WriterConnection, { table, key }: FactTable, tenantId: string): Promise<void> {
  await client.query({
    text: `
      delete from public.${table} stored where tenant_id = $1 and not exists (
        select from pg_temp.${table} counted where counted.tenant_id = $1
          and ${key.map((column) => `counted.${column} = stored.${column}`).join(" and ")})`,
    values: [tenantId],
  });
}

const assignments = (facts: readonly string[]): string => facts.map((fact) => `${fact} = excluded.${fact}`).join(", ");

const differs = (facts: readonly string[]): string =>
  `(${facts.map((fact) => `stored.${fact}`).join(", ")}) is distinct from (${facts.map((fact) => `excluded.${fact}`).join(", ")})`;
