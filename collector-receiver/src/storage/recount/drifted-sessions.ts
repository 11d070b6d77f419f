import type { ContributingFacts } from "../../metrics/session-contribution.ts";
import { contributingColumns, prefixedFacts } from "../facts/contributing-rows.ts";
import { sessionTable } from "./derived-tables.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** A session whose stored facts differ from its events: either side may be missing. */
export interface DriftedSession {
  readonly sessionId: string;
  readonly stored: ContributingFacts | null;
  readonly expected: ContributingFacts | null;
}

/** Writes down which sessions drift, before the shadow tables go; they stay listed for the connection. */
export async function stageDriftedSessions(client: WriterConnection, tenantId: string): Promise<void> {
  const side = (alias: string, prefix: string): string =>
    Object.values(contributingColumns)
      .map((column) => `${alias}.${column} as ${prefix}_${column}`)
      .join(", ");
  const tenant = client.escapeLiteral(tenantId);
  await client.query(`
    create temporary table drifted_sessions as
    select session_id, a.tenant_id is not null as is_stored, e.tenant_id is not null as is_expected,
      ${side("a", "a")}, ${side("e", "e")}
    from (select * from public.analytics_sessions where tenant_id = ${tenant}) a
    full join (select * from pg_temp.analytics_sessions where tenant_id = ${tenant}) e using (session_id)
    where a.tenant_id is null or e.tenant_id is null
      or (${sessionTable.facts.map((column) => `a.${column}`).join(", ")})
        is distinct from (${sessionTable.facts.map((column) => `e.${column}`).join(", ")})`);
  await client.query("create index on drifted_sessions (session_id)");
}

/** Drifted sessions after `after`, in the order of their ids, at most `limit`. */
export async function readDriftedSessions(
  client: WriterConnection,
  after: string,
  limit: number,
): Promise<DriftedSession[]> {
  const { rows } = await client.query<Record<string, string | number | boolean | null>>({
    text: "select * from drifted_sessions where session_id > $1 order by session_id limit $2",
    values: [after, limit],
  });
  return rows.map((row) => ({
    sessionId: row["session_id"] as string,
    stored: row["is_stored"] === true ? storedFacts(row) : null,
    expected: row["is_expected"] === true ? expectedFacts(row) : null,
  }));
}

const storedFacts = prefixedFacts("a_");
const expectedFacts = prefixedFacts("e_");
