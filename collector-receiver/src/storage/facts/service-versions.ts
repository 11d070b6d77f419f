import type { VersionNote } from "../../mapping/service-versions.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** New versions of a tenant within a day. More are not releases but, for example, a build id of each request. */
export const maxVersionsOfDay = 50;
/** The latest versions of a tenant that are kept. */
export const maxVersions = 1_000;

const rows = batchRows<VersionNote>({
  tenant_id: batchOf.text((note) => note.tenantId),
  service_name: batchOf.text((note) => note.serviceName),
  service_version: batchOf.text((note) => note.serviceVersion),
  first_ms: batchOf.int8((note) => note.firstMs),
});

/** In the order of the key: two receivers that note the same versions must not wait for each other. */
const writeSql = `
  insert into analytics_service_versions as stored (tenant_id, service_name, service_version, first_seen)
  select tenant_id, service_name, service_version, to_timestamp(first_ms / 1000.0)
  from (
    select incoming.*, known.first_seen is not null as is_known,
      row_number() over (partition by incoming.tenant_id, known.first_seen is null order by incoming.first_ms) as place
    from ${rows.unnested} as incoming (${rows.names})
    left join analytics_service_versions known using (tenant_id, service_name, service_version)
  ) as incoming
  where is_known or place <= ${maxVersionsOfDay} - (
    select count(*) from analytics_service_versions as today
    where today.tenant_id = incoming.tenant_id and today.recorded_at > now() - interval '1 day')
  order by tenant_id, service_name, service_version
  on conflict (tenant_id, service_name, service_version) do update set first_seen = excluded.first_seen
    where excluded.first_seen < stored.first_seen
  returning tenant_id`;

/** Rows that another receiver deletes or changes now are left to it. */
const forgetSql = `
  delete from analytics_service_versions
  where tenant_id = $1 and (service_name, service_version) in (
    select service_name, service_version from analytics_service_versions
    where tenant_id = $1
    order by first_seen desc, service_name, service_version offset ${maxVersions}
    for update skip locked)`;

/** Stores when a version of a service was first seen: the earliest time of all that were noted. @param notes one a version */
export async function writeServiceVersions(client: WriterConnection, notes: readonly VersionNote[]): Promise<void> {
  const { rows: written } = await client.query<{ tenant_id: string }>({
    name: "write-service-versions",
    text: writeSql,
    values: rows.parameters(notes),
  });
  for (const tenantId of new Set(written.map(({ tenant_id: id }) => id))) {
    await client.query({ name: "forget-old-versions", text: forgetSql, values: [tenantId] });
  }
}

/**
 * Forgets the versions whose texts name a person.
 * @param names whether a text holds the id
 */
export async function forgetVersionsNaming(
  client: WriterConnection,
  tenantId: string,
  id: string,
  names: (text: string) => boolean,
): Promise<void> {
  const { rows: found } = await client.query<{ service_name: string; service_version: string }>({
    text: `
      select service_name, service_version from analytics_service_versions
      where tenant_id = $1 and (position($2 in service_name) > 0 or position($2 in service_version) > 0)`,
    values: [tenantId, id],
  });
  const naming = found.filter(({ service_name: name, service_version: version }) => names(name) || names(version));
  if (naming.length === 0) return;
  await client.query({
    text: `
      delete from analytics_service_versions
      where tenant_id = $1 and (service_name, service_version) in (select * from unnest($2::text[], $3::text[]))`,
    values: [
      tenantId,
      naming.map(({ service_name: name }) => name),
      naming.map(({ service_version: version }) => version),
    ],
  });
}
