import type { WriterConnection } from "../wire/writer-connection.ts";

/** What a batch tells of one source of events. */
export interface SourceChange {
  readonly tenantId: string;
  readonly sourceId: string;
  readonly serviceName: string | null;
  highestSeq: number;
  eventsSeen: number;
  dropsReported: number;
}

const statement = {
  name: "upsert-sources",
  text: `
    insert into analytics_sources as s (tenant_id, source_id, service_name, highest_seq, events_seen, drops_reported)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
    on conflict (tenant_id, source_id) do update set
      service_name = coalesce(s.service_name, excluded.service_name),
      highest_seq = greatest(s.highest_seq, excluded.highest_seq),
      events_seen = s.events_seen + excluded.events_seen,
      drops_reported = greatest(s.drops_reported, excluded.drops_reported),
      last_seen_at = now()`,
};

/**
 * Keeps the evidence of loss: what a source gave out, what arrived, what it dropped itself.
 * @param changes sorted by (tenant, source id)
 */
export async function upsertSources(client: WriterConnection, changes: readonly SourceChange[]): Promise<void> {
  await client.query({
    ...statement,
    values: [
      changes.map((change) => change.tenantId),
      changes.map((change) => change.sourceId),
      changes.map((change) => change.serviceName),
      changes.map((change) => change.highestSeq),
      changes.map((change) => change.eventsSeen),
      changes.map((change) => change.dropsReported),
    ],
  });
}
