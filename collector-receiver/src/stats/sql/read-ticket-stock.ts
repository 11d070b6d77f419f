import type { Pool } from "pg";

/** Tickets that are open at the end of a day, and those of them that nobody was assigned to; decimal text. */
export interface TicketStock {
  readonly open: string;
  readonly unassigned: string;
}

/**
 * SQL: the sum of a counter over all days up to one: whole months before the day's, and the days of its month.
 * @param lastDay SQL of a date
 */
export function sumUpTo(column: string, tenant: string, lastDay: string): string {
  return `(select coalesce(sum(${column}), 0) from analytics_business_metrics where tenant_id = ${tenant} and (
    period_type = 'month' and period_value < to_char(${lastDay}, 'YYYY-MM')
    or period_type = 'day' and period_value between to_char(${lastDay}, 'YYYY-MM-01') and to_char(${lastDay}, 'YYYY-MM-DD')))`;
}

/** The backlog at the end of each day, in the order asked for. A day that is not over ends now. */
export async function readTicketStock(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: readonly string[],
): Promise<TicketStock[]> {
  const { rows } = await pool.query<TicketStock>({
    name: "stats-read-ticket-stock",
    text: `
      select ${sumUpTo("backlog_change", "$1", "day")}::text as open,
        ${sumUpTo("backlog_unassigned_change", "$1", "day")}::text as unassigned
      from unnest($2::date[]) with ordinality as wanted (day, place) order by place`,
    values: [tenantId, days],
  });
  return rows;
}
