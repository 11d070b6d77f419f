import type { Pool } from "pg";

export interface ListedShare {
  /** What `spanledger share --revoke` takes: the first 12 hex digits of the token's hash. It opens nothing. */
  readonly id: string;
  readonly tenantId: string;
  readonly month: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

/** More than anybody looks through. */
const maxShares = 1000;

/** The shared copies of all tenants or of one, the latest first. */
export async function listShares(pool: Pick<Pool, "query">, only: string | null = null): Promise<ListedShare[]> {
  const { rows } = await pool.query<ListedShare>(
    `select substr(encode(token_hash, 'hex'), 1, 12) as id, tenant_id as "tenantId", month,
       expires_at as "expiresAt", revoked_at as "revokedAt"
     from analytics_report_shares where $1::text is null or tenant_id = $1 order by created_at desc limit ${maxShares}`,
    [only],
  );
  return rows;
}
