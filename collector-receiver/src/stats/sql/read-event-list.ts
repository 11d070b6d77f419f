import type { Pool } from "pg";
import { eventLists } from "../lists/event-lists.ts";
import type { EventList, EventListDefinition } from "../lists/event-lists.ts";
import type { EventPosition } from "../lists/event-position.ts";
import { eventColumns, listedEvent } from "../lists/listed-event.ts";
import type { EventRow, ListedEvent } from "../lists/listed-event.ts";

export interface EventListQuery {
  readonly list: EventList;
  /** Only those of this agent. */
  readonly agentId: number | null;
  /** Instants, ms: the events from the one on and before the other. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly after: EventPosition | null;
  readonly limit: number;
}

const firstId = "00000000-0000-0000-0000-000000000000";

/**
 * A page of the events behind a figure, in order. Served by the partial indexes of migration 0040 in the order
 * of the page, so that it reads as many rows as it shows; a test looks at the plan.
 */
export async function readEventList(
  pool: Pick<Pool, "query">,
  tenantId: string,
  query: EventListQuery,
): Promise<ListedEvent[]> {
  const { list, agentId, after } = query;
  const { rows } = await pool.query<EventRow>({
    name: `web-read-event-list-${list}${agentId === null ? "" : "-of-agent"}`,
    text: eventListSql(list, agentId !== null),
    values: [
      tenantId,
      new Date(Math.max(query.fromMs, after?.occurredAtMs ?? 0)).toISOString(),
      new Date(query.toMs).toISOString(),
      new Date(after?.occurredAtMs ?? 0).toISOString(),
      after?.eventId ?? firstId,
      query.limit,
      ...(agentId === null ? [] : [agentId]),
    ],
  });
  return rows.map(listedEvent);
}

/**
 * The statement of a list. Names and conditions stand in it as constants: behind parameters the planner could not
 * tell that a partial index holds them.
 */
export function eventListSql(list: EventList, ofAgent: boolean): string {
  const { event, by, when }: EventListDefinition = eventLists[list];
  const conditions = [
    `event_name = '${event}'`,
    ...(ofAgent ? ["agent_id = $7"] : by === "agent" ? ["agent_id is not null"] : []),
    ...(!ofAgent && by === "ticket" ? ["ticket_id is not null"] : []),
    ...(when === undefined ? [] : [`(event_data -> '${when.attribute}') = '${when.is}'`]),
    "(event_data -> 'test') is distinct from 'true'",
  ];
  return `
select ${eventColumns}
from analytics_events
where tenant_id = $1 and ${conditions.join(" and ")}
  and occurred_at >= $2::timestamptz and occurred_at < $3::timestamptz
  and (occurred_at, event_id) > ($4::timestamptz, $5::uuid)
order by occurred_at, event_id
limit $6
`;
}
