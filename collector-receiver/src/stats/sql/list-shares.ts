import type { Pool } from "pg";

export interface ListedShare {
  /** What `spanledger share --revoke` takes: the first 12 hex digits of the token's hash. It opens nothing. */
  readonly id: string;
  readonly tenantId: string;
  readonly month: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/** The shared copies of all tenants, the latest first. */
export async function listShares(pool: Pick<Pool, "query">): Promise<ListedShare[]> {
  const { rows } = await pool.query<ListedShare>(
    `select substr(encode(token_hash, 'hex'), 1, 12) as id, tenant_id as "tenantId", month,
       expires_at as "expiresAt", revoked_at as "revokedAt"
     from analytics_report_shares order by created_at desc`,
  );
  return rows;
}
