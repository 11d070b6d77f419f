import type { WriterConnection } from "../wire/writer-connection.ts";

/** A shared copy as a reader sees it. */
export interface SharedPages {
  readonly tokenHash: Buffer;
  /** HTML, one page a language. */
  readonly pages: readonly string[];
}

/** Shared copies whose pages hold one of these texts; the caller looks closer. */
export async function findShares(
  client: WriterConnection,
  tenantId: string,
  texts: readonly string[],
): Promise<SharedPages[]> {
  const { rows } = await client.query<{ token_hash: Buffer; page_zh: string; page_en: string }>({
    text: `
      select token_hash, page_zh, page_en from analytics_report_shares
      where tenant_id = $1 and exists (select from unnest($2::text[]) as named (id)
        where position(id in page_zh) > 0 or position(id in page_en) > 0)`,
    values: [tenantId, texts],
  });
  return rows.map(({ token_hash, page_zh, page_en }) => ({ tokenHash: token_hash, pages: [page_zh, page_en] }));
}

/** Revokes shared copies and removes their content: a PDF cannot be censored. */
export async function emptyShares(
  client: WriterConnection,
  tenantId: string,
  tokenHashes: readonly Buffer[],
): Promise<void> {
  await client.query({
    text: `
      with removed as (
        delete from analytics_report_share_files where tenant_id = $1 and token_hash = any ($2::bytea[])
      )
      update analytics_report_shares set page_zh = '', page_en = '', revoked_at = coalesce(revoked_at, now())
      where tenant_id = $1 and token_hash = any ($2::bytea[])`,
    values: [tenantId, tokenHashes],
  });
}

/** Where the identifier stays: entries of the audit, which nobody changes, and definitions, which are the product's. */
export async function countLeft(
  client: WriterConnection,
  tenantId: string,
  jsonText: string,
): Promise<{ readonly audit: number; readonly definitions: number }> {
  const { rows } = await client.query<{ audit: number; definitions: number }>({
    text: `
      select
        (select count(*)::int from analytics_audit where tenant_id = $1 and position($2 in details::text) > 0) as audit,
        (select count(*)::int from analytics_settings
          where tenant_id = $1 and position($2 in custom_definitions::text) > 0) as definitions`,
    values: [tenantId, jsonText],
  });
  return rows[0] ?? { audit: 0, definitions: 0 };
}
