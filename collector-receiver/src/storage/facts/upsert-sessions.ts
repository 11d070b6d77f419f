import type { ContributingFacts } from "../../metrics/session-contribution.ts";
import type { SessionFacts } from "../../metrics/session-facts.ts";
import { batchOf } from "../wire/batch-columns.ts";
import type { Merge } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { contributingColumns, contributingFacts, prefixedFacts } from "./contributing-rows.ts";
import { sessionColumns } from "./session-columns.ts";
import type { IncomingSession } from "./session-columns.ts";

/** Merged facts, and those before the merge (null if the session was new). */
export interface MergedSession {
  readonly tenantId: string;
  readonly sessionId: string;
  readonly now: ContributingFacts;
  readonly before: ContributingFacts | null;
}

/** The first time stays, until the sweeper has looked; a session with an end needs no look. */
const keepsIdleCheck: Merge = (stored, incoming) =>
  `case when stored.first_end_at is null then coalesce(${stored}, ${incoming}) else ${stored} end`;

const previous = Object.values(contributingColumns);

const merge = batchStatement<IncomingSession>(
  "merge-sessions",
  "analytics_sessions",
  {
    tenant_id: batchOf.text(({ facts }) => facts.tenantId),
    session_id: batchOf.text(({ facts }) => facts.sessionId),
    ...sessionColumns,
    idle_check_at: batchOf.time(({ idleCheckMs }) => idleCheckMs, keepsIdleCheck),
  },
  { key: ["tenant_id", "session_id"], set: previous.map((column) => `prev_${column} = stored.${column}`) },
  `tenant_id, session_id, ${contributingFacts}, ${previous.map((column) => `prev_${column}`).join(", ")}`,
);

/**
 * Only sessions that were there before come back: of a new one we know all that is stored, and most are
 * new: printing and reading their times took a tenth of the statement's time, here and there.
 */
const statement = {
  name: "upsert-sessions",
  text: `
    with merged as (${merge.text})
    select * from merged where prev_last_activity_at is not null`,
};

type Row = ContributingFacts & { readonly tenant_id: string; readonly session_id: string };

/**
 * Merges what a batch says of its sessions.
 * @param facts sorted by (tenant, session id), each session once
 * @param idleCheckMs when the sweeper has to look at a session, or null if it has ended already
 */
export async function upsertSessions(
  client: WriterConnection,
  facts: readonly SessionFacts[],
  idleCheckMs: (fact: SessionFacts) => number | null,
): Promise<MergedSession[]> {
  const incoming = facts.map((fact) => ({ facts: fact, idleCheckMs: idleCheckMs(fact) }));
  const { rows } = await client.query<Row>({ ...statement, values: merge.of(incoming).values });
  const merged = new Map(rows.map((row) => [keyOf(row.tenant_id, row.session_id), row]));
  return facts.map((fact) => {
    const { tenantId, sessionId } = fact;
    const row = merged.get(keyOf(tenantId, sessionId));
    return row === undefined
      ? { tenantId, sessionId, now: fact, before: null }
      : { tenantId, sessionId, now: row, before: factsBefore(row) };
  });
}

const keyOf = (tenantId: string, sessionId: string): string => `${tenantId}\n${sessionId}`;

const factsBefore = prefixedFacts("prev_");
