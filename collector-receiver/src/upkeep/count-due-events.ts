import type { Ingest } from "../ingest/ingest-port.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { mapKeptEvent } from "../ingest/map-kept-event.ts";
import { countedAttributesWith } from "../metrics/event-counters.ts";
import { deleteWaitingEvents, readDueEvents } from "../storage/events/waiting-events.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/** Events that are submitted at once, so that one transaction takes many. */
const pageEvents = 200;

/**
 * Counts a tenant's events whose time has come, each under its own key, and then takes them out of what waits. An end in
 * between repeats the last page, and so does another receiver at the same time: what is stored already counts no second time.
 * An event that cannot be counted any more is kept as a rejected one, and one that has been erased meanwhile is not counted.
 * @returns how many were counted
 * @throws UnavailableError or CountingRulesError if a page could not be committed; its events go on waiting
 */
export async function countDueEvents(
  client: WriterConnection,
  ingest: Pick<Ingest, "submit">,
  tenantId: string,
  nowMs: number,
): Promise<number> {
  const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
  const countedAttributes = countedAttributesWith(rules.custom);
  for (let counted = 0; ;) {
    const page = await readDueEvents(client, tenantId, nowMs, pageEvents);
    if (page.length === 0) return counted;
    await Promise.all(
      page.map(async (event) => {
        const mapped = mapKeptEvent(event, "waiting", rules, countedAttributes, nowMs);
        if (mapped !== null) await ingest.submit(mapped, event.payload.length);
      }),
    );
    counted += await deleteWaitingEvents(
      client,
      tenantId,
      page.map(({ contentHash }) => contentHash),
    );
  }
}
