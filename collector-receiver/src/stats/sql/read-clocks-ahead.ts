import type { Pool } from "pg";

/** A sender whose last event arrived before its time. */
export interface ClockAhead {
  /** Null: its events name no service. */
  readonly service_name: string | null;
  /** By how much that was ahead, in ms. */
  readonly ahead_ms: number;
  /** When it arrived, ISO 8601. */
  readonly arrived_at: string;
  /** Events of it whose time has not come. */
  readonly waiting: number;
}

/** The services whose clock runs ahead by more than a minute, the furthest first. */
export async function readClocksAhead(pool: Pick<Pool, "query">, tenantId: string): Promise<ClockAhead[]> {
  const { rows } = await pool.query<{
    service_name: string;
    ahead_ms: string;
    arrived_ms: string;
    waiting: string;
  }>({ name: "stats-read-clocks-ahead", text: readClocksAheadSql, values: [tenantId] });
  return rows.map((row) => ({
    service_name: row.service_name === "" ? null : row.service_name,
    ahead_ms: Number(row.ahead_ms),
    arrived_at: new Date(Number(row.arrived_ms)).toISOString(),
    waiting: Number(row.waiting),
  }));
}

const readClocksAheadSql = `
select service_name, ahead_ms::text, trunc(extract(epoch from arrived_at) * 1000)::text as arrived_ms,
  (select count(*) from analytics_waiting_events waiting
    where waiting.tenant_id = $1 and coalesce(waiting.service_name, '') = clock.service_name)::text as waiting
from analytics_sender_clocks clock where tenant_id = $1
order by clock.ahead_ms desc, service_name limit 50
`;
