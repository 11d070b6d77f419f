import { encodePosition } from "../../stats/lists/event-position.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";
import { readAgentNames } from "../../stats/sql/read-agent-names.ts";
import type { WebContext } from "../web-options.ts";

/** Events, or tickets, on one page. */
export const eventsOfPage = 100;

/** @param found at most one more than a page holds: it says whether there is another page */
export function pageOf(found: readonly ListedEvent[]): { events: readonly ListedEvent[]; next: string | null } {
  const events = found.slice(0, eventsOfPage);
  const last = events.at(-1);
  const next =
    found.length > eventsOfPage && last !== undefined
      ? encodePosition({ occurredAtMs: Date.parse(last.occurred_at), eventId: last.event_id })
      : null;
  return { events, next };
}

/** @returns the latest known name of each agent in the events, and of `agentId` */
export function readNamesOfAgents(
  pool: WebContext["pool"],
  tenantId: string,
  events: readonly ListedEvent[],
  agentId: number | null,
): Promise<ReadonlyMap<number, string>> {
  const ids = new Set(events.flatMap(({ agent_id: id }) => (id === null ? [] : [id])));
  if (agentId !== null) ids.add(agentId);
  return readAgentNames(pool, tenantId, [...ids]);
}
