import type { TicketChange } from "../../metrics/ticket-changes.ts";
import { maxTicketChanges } from "../../metrics/ticket-contribution.ts";
import type { TicketHistory } from "../../metrics/ticket-contribution.ts";
import { ticketChangeColumns } from "../facts/ticket-changes.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Where histories are read: the stored ones, or those of the recount. */
export type HistorySide = "public" | "pg_temp";

/** Histories by ticket; one that is not there has none. */
export type TicketHistories = ReadonlyMap<number, TicketHistory>;

/** What tickets contribute follows from these. */
export async function readTicketHistories(
  client: WriterConnection,
  side: HistorySide,
  tenantId: string,
  ticketIds: readonly number[],
): Promise<TicketHistories> {
  const values = [tenantId, ticketIds];
  const { rows: tickets } = await client.query<{ readonly ticketId: number } & Omit<TicketHistory, "changes">>({
    text: `
      select ticket_id as "ticketId", created_at as "createdMs", first_assigned_at as "firstAssignedMs"
      from ${side}.analytics_tickets where tenant_id = $1 and ticket_id = any ($2::int[])`,
    values,
  });
  const { rows: changes } = await client.query<TicketChange>({
    text: `
      select $1::text as "tenantId", changes.* from unnest($2::int[]) as wanted (id)
      cross join lateral (
        select ${ticketChangeColumns} from ${side}.analytics_ticket_changes
        where tenant_id = $1 and ticket_id = wanted.id order by changed_at, event_id limit ${maxTicketChanges + 1}
      ) as changes`,
    values,
  });
  const byTicket = Map.groupBy(changes, ({ ticketId }) => ticketId);
  return new Map(
    tickets.map(({ ticketId, createdMs, firstAssignedMs }) => [
      ticketId,
      { createdMs, firstAssignedMs, changes: byTicket.get(ticketId) ?? [] },
    ]),
  );
}
