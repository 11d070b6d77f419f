import { instantOf } from "../wire/instant-of.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * `announced`: is dropped when due; `due`: is dropped in the next round; `held`: a receiver wants to keep more; `lapsed`: no
 * receiver wants it any more; `cancelled`: by `spanledger retention --cancel`.
 */
export type AnnouncementState = "announced" | "due" | "held" | "lapsed" | "cancelled";

/** What retention is going to do with one tenant. */
export interface RetentionAnnouncement {
  readonly tenantId: string;
  /** The RETENTION_MONTHS of the receivers that want it. */
  readonly months: number;
  /** Rows before this time go; ms since 1970. */
  readonly retainedFromMs: number;
  readonly dueMs: number;
  readonly state: AnnouncementState;
}

/** Announcements that are not carried out yet, those of all tenants or of one. */
export async function readAnnouncements(
  client: Pick<WriterConnection, "query">,
  tenantId: string | null = null,
): Promise<RetentionAnnouncement[]> {
  const { rows } = await client.query<{
    tenant_id: string;
    retention_months: number;
    retained_from: number;
    due_at: number;
    state: AnnouncementState;
  }>({
    text: `
      select tenant_id, retention_months, retained_from, due_at, state from analytics_retention_announcements
      where $1::text is null or tenant_id = $1 order by tenant_id, retention_months`,
    values: [tenantId],
  });
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    months: row.retention_months,
    retainedFromMs: row.retained_from,
    dueMs: row.due_at,
    state: row.state,
  }));
}

/** Announcements of one state that receivers still want. */
export interface AnnouncementCount {
  readonly state: AnnouncementState;
  readonly tenants: number;
  /** When the first of them is due, `2026-11-30T16:00Z`. */
  readonly due: string;
}

/** @returns one line a state, in alphabetical order */
export async function countAnnouncements(client: Pick<WriterConnection, "query">): Promise<AnnouncementCount[]> {
  const { rows } = await client.query<AnnouncementCount>(
    `select state, count(distinct tenant_id)::int as tenants, to_char(min(due_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"') as due
     from analytics_retention_announcements where state <> 'lapsed' group by state order by state`,
  );
  return rows;
}

/** Where rows of a tenant begin; null: everything is kept. */
export interface RetentionBound {
  readonly tenantId: string;
  readonly retainedFromMs: number | null;
}

/**
 * Says what a receiver with this RETENTION_MONTHS wants to keep, and renews it. With 0 months it objects to the announcements
 * of others.
 * @returns the announcements that begin now
 */
export async function announceRetention(
  client: WriterConnection,
  months: number,
  bounds: readonly RetentionBound[],
): Promise<Omit<RetentionAnnouncement, "months" | "state">[]> {
  const { rows } = await client.query<{ tenant: string; starts_at: number; due: number }>({
    text: `
      select tenant, starts_at, due from spanledger_announce_retention($1, $2::text[],
        array(select ${instantOf("ms")}
          from unnest($3::bigint[]) with ordinality as start (ms, place) order by place))`,
    values: [months, bounds.map(({ tenantId }) => tenantId), bounds.map(({ retainedFromMs }) => retainedFromMs)],
  });
  return rows.map((row) => ({ tenantId: row.tenant, retainedFromMs: row.starts_at, dueMs: row.due }));
}

/** Moves `retained_from` of the tenants whose announcement by this RETENTION_MONTHS is due, in the open transaction. */
export async function applyRetention(client: WriterConnection, months: number): Promise<RetentionBound[]> {
  const { rows } = await client.query<{ tenant: string; starts_at: number }>({
    text: "select tenant, starts_at from spanledger_apply_retention($1)",
    values: [months],
  });
  return rows.map((row) => ({ tenantId: row.tenant, retainedFromMs: row.starts_at }));
}

/**
 * Drops the partitions that no tenant keeps, in the open transaction.
 * @returns their names
 * @throws PostgreSQL's 55P03 if a reader holds the table for more than 2 s
 */
export async function dropOldPartitions(client: WriterConnection): Promise<string[]> {
  const { rows } = await client.query<{ dropped: string[] }>("select spanledger_drop_old_partitions() as dropped");
  return rows[0]?.dropped ?? [];
}

/**
 * Deletes rejected events, sources, sessions, customers and expired shares that are older than what their tenants keep.
 * @returns how many rows were deleted, at most `maxRows`; less: nothing is left
 */
export async function forgetOldRows(client: WriterConnection, maxRows: number): Promise<number> {
  const { rows } = await client.query<{ forgotten: number }>({
    text: "select spanledger_forget_old_rows($1) as forgotten",
    values: [maxRows],
  });
  return rows[0]?.forgotten ?? 0;
}

/**
 * Ends the announcements of a tenant, or of all tenants if it is null.
 * @returns the tenants that had one
 */
export function cancelRetention(client: WriterConnection, tenantId: string | null): Promise<string[]> {
  return readTenants(client, "select t from spanledger_cancel_retention($1) as t", tenantId);
}

/**
 * Takes cancellations back; each announcement begins anew, with a whole day.
 * @returns the tenants that had one
 */
export function resumeRetention(client: WriterConnection, tenantId: string | null): Promise<string[]> {
  return readTenants(client, "select t from spanledger_resume_retention($1) as t", tenantId);
}

async function readTenants(client: WriterConnection, text: string, tenantId: string | null): Promise<string[]> {
  const { rows } = await client.query<{ t: string }>({ text, values: [tenantId] });
  return rows.map(({ t }) => t);
}
