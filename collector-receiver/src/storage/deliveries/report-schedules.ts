import type { ScheduledPeriod } from "../../catalogue/delivery-targets.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** A schedule of a config, for one tenant. */
export interface TenantSchedule {
  readonly tenantId: string;
  readonly schedule: string;
  readonly kind: ScheduledPeriod;
}

export interface StoredSchedule extends TenantSchedule {
  readonly sinceMs: number;
  readonly sentThrough: string | null;
}

/**
 * Reads schedules, and stores those that are seen for the first time, or with another kind of period, as of now.
 * @returns those that were asked for, in no order
 */
export async function seeSchedules(
  client: WriterConnection,
  seen: readonly TenantSchedule[],
  nowMs: number,
): Promise<StoredSchedule[]> {
  const { rows } = await client.query<{
    tenant_id: string;
    schedule: string;
    kind: ScheduledPeriod;
    since_ms: string;
    sent_through: string | null;
  }>({
    text: `
      with asked as (
        select * from unnest($1::text[], $2::text[], $3::text[]) as asked (tenant_id, schedule, kind)
      ), stored as (
        insert into analytics_report_schedules (tenant_id, schedule, kind, first_seen_at)
        select tenant_id, schedule, kind, $4 from asked order by tenant_id, schedule
        on conflict (tenant_id, schedule) do update
          set kind = excluded.kind, first_seen_at = excluded.first_seen_at, sent_through = null
          where analytics_report_schedules.kind <> excluded.kind
        returning *
      )
      select coalesce(stored.tenant_id, before.tenant_id) as tenant_id, coalesce(stored.schedule, before.schedule) as schedule,
        coalesce(stored.kind, before.kind) as kind,
        floor(extract(epoch from coalesce(stored.first_seen_at, before.first_seen_at)) * 1000)::text as since_ms,
        case when stored.tenant_id is null then before.sent_through::text end as sent_through
      from asked
      left join stored using (tenant_id, schedule)
      left join analytics_report_schedules before using (tenant_id, schedule)
      where coalesce(stored.tenant_id, before.tenant_id) is not null`,
    values: [
      seen.map(({ tenantId }) => tenantId),
      seen.map(({ schedule }) => schedule),
      seen.map(({ kind }) => kind),
      new Date(nowMs),
    ],
  });
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    schedule: row.schedule,
    kind: row.kind,
    sinceMs: Number(row.since_ms),
    sentThrough: row.sent_through,
  }));
}

/**
 * Notes that the report of a period is sent, in the open transaction. Of two receivers that do so at once, the second waits for
 * the first, and is told.
 * @param endDate the last day of the period
 * @returns false if a report of this period or a later one was sent before
 */
export async function noteSentReport(
  client: WriterConnection,
  { tenantId, schedule, kind }: TenantSchedule,
  endDate: string,
): Promise<boolean> {
  const { rowCount } = await client.query({
    text: `
      update analytics_report_schedules set sent_through = $4::date
      where tenant_id = $1 and schedule = $2 and kind = $3 and (sent_through is null or sent_through < $4::date)`,
    values: [tenantId, schedule, kind, endDate],
  });
  return rowCount === 1;
}
