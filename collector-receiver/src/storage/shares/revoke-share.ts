import type { Pool } from "pg";

/**
 * Revokes a frozen copy; its pages and files are deleted.
 * @param id the first 12 hex digits of its token's hash
 * @param only the tenant whose copy it has to be; null: any tenant's
 * @returns false if there is no copy with this id that was not revoked yet
 */
export async function revokeShare(pool: Pick<Pool, "query">, id: string, only: string | null = null): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with share as (
       update analytics_report_shares set revoked_at = now(), page_zh = '', page_en = ''
       where substr(encode(token_hash, 'hex'), 1, 12) = $1 and revoked_at is null
         and ($2::text is null or tenant_id = $2)
       returning tenant_id, token_hash
     ), deleted as (
       delete from analytics_report_share_files file using share
       where file.tenant_id = share.tenant_id and file.token_hash = share.token_hash
     ), audited as (
       insert into analytics_audit (tenant_id, action, details)
       select tenant_id, 'share', jsonb_build_object('step', 'revoked', 'id', $1::text) from share
     )
     select from share`,
    [id, only],
  );
  return (rowCount ?? 0) > 0;
}
