import { otherValue } from "../../metrics/attribute-counters.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Forgets in the ledger of data quality which unknown words the days had that are sealed now: how many there were stays.
 * @param sealed by tenant, the first business day that is kept
 */
export async function foldSealedWords(
  client: WriterConnection,
  sealed: readonly { readonly tenantId: string; readonly firstDay: string }[],
): Promise<void> {
  await client.query({
    text: `
      with gone as (
        delete from analytics_data_quality q using unnest($1::text[], $2::date[]) as sealed (tenant_id, first_day)
        where q.tenant_id = sealed.tenant_id and q.day < sealed.first_day and q.code = 'unknown_word' and q.detail <> $3
        returning q.*)
      insert into analytics_data_quality as stored (tenant_id, day, code, attribute, detail, event_name, events)
      select tenant_id, day, code, attribute, $3, event_name, sum(events) from gone
      group by tenant_id, day, code, attribute, event_name
      on conflict (tenant_id, day, code, attribute, detail, event_name) do update set events = stored.events + excluded.events`,
    values: [sealed.map(({ tenantId }) => tenantId), sealed.map(({ firstDay }) => firstDay), otherValue],
  });
}
