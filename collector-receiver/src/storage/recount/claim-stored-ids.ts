import { instantOf } from "../wire/instant-of.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Claims the ids of rows that receivers before 0.3.0 have stored. Of a day's rows with one id, the first one written has the claim.
 * @returns for each day of rows a function that claims its ids in the open transaction
 */
export async function* claimStoredIds(
  client: WriterConnection,
  tenantId: string,
  retainedFromMs: number | null,
): AsyncGenerator<() => Promise<unknown>> {
  const { rows } = await client.query<{ first: number | null; last: number | null }>({
    text: `
      select min(occurred_at) as first, max(occurred_at) as last from analytics_events
      where tenant_id = $1 and occurred_at >= coalesce(${instantOf("$2")}, '-infinity')`,
    values: [tenantId, retainedFromMs],
  });
  const { first = null, last = null } = rows[0] ?? {};
  if (first === null || last === null) return;
  for (let dayMs = first; dayMs <= last; dayMs += msOfDay) {
    yield () =>
      client.query({
        name: "claim-stored-ids",
        // In the order in which batches claim.
        text: `
          insert into analytics_event_ids (tenant_id, event_id, occurred_at)
          select tenant_id, event_id, occurred_at from analytics_events
          where tenant_id = $1 and occurred_at >= ${instantOf("$2")} and occurred_at < ${instantOf("$3")}
            and spanledger_needs_claim(event_id, occurred_at)
          order by event_id, created_at, id
          on conflict do nothing`,
        values: [tenantId, dayMs, dayMs + msOfDay],
      });
  }
}

/** True if a row's id is of version 7, has to be claimed and is not. */
export async function hasUnclaimedOffTimeIds(
  client: WriterConnection,
  tenantId: string,
  retainedFromMs: number | null,
): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>({
    text: `
      select exists (
        select from analytics_events e
        where tenant_id = $1 and occurred_at >= coalesce(${instantOf("$2")}, '-infinity')
          and get_byte(uuid_send(event_id), 6) >> 4 = 7 and spanledger_needs_claim(event_id, occurred_at)
          and not exists (
            select from analytics_event_ids c where c.tenant_id = e.tenant_id and c.event_id = e.event_id)) as found`,
    values: [tenantId, retainedFromMs],
  });
  return rows[0]?.found === true;
}

const msOfDay = 86_400_000;
