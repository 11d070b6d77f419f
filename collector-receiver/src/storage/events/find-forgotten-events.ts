import type { KeptKey } from "../../mapping/business-event.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Finds which kept events are forgotten: an erasure has deleted the row or emptied its payload. In a transaction that holds the
 * tenants' locks the answer stays true, because an erasure has its tenant alone.
 */
export async function findForgottenEvents(client: WriterConnection, kept: readonly KeptKey[]): Promise<KeptKey[]> {
  const { rows } = await client.query<{ place: number }>({
    name: "find-forgotten-events",
    text: `
      select place::int from unnest($1::boolean[], $2::text[], $3::bytea[]) with ordinality
        as kept (is_rejected, tenant_id, content_hash, place)
      where not exists (
          select from analytics_waiting_events waiting
          where not is_rejected and waiting.tenant_id = kept.tenant_id and waiting.content_hash = kept.content_hash)
        and not exists (
          select from analytics_rejected_events rejected
          where is_rejected and rejected.tenant_id = kept.tenant_id and rejected.content_hash = kept.content_hash
            and rejected.payload <> '')`,
    values: [
      kept.map(({ as }) => as === "rejected"),
      kept.map(({ tenantId }) => tenantId),
      kept.map(({ contentHash }) => contentHash),
    ],
  });
  return rows.map(({ place }) => kept[place - 1] as KeptKey);
}
