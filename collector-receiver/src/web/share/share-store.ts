import { hash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { Locale } from "../../metrics/format-metric.ts";

/** 192 bits: as hard to guess as it is short enough for a line of a mail. */
const tokenBytes = 24;
const tokenPattern = /^[A-Za-z0-9_-]{32}$/;

export interface NewShare {
  readonly tenantId: string;
  readonly month: string;
  readonly pages: Readonly<Record<Locale, string>>;
  readonly expiresAt: Date;
}

export interface StoredShare {
  /** What `--revoke` takes: the first 12 hex digits of the token's hash. It opens nothing. */
  readonly id: string;
  readonly tenantId: string;
  readonly month: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

const hashOf = (token: string): Buffer => hash("sha256", token, "buffer");

/** Stores a frozen copy. The token is given out here, once, and kept nowhere. */
export async function createShare(pool: Pick<Pool, "query">, share: NewShare): Promise<{ token: string; id: string }> {
  const token = randomBytes(tokenBytes).toString("base64url");
  await pool.query(
    `insert into analytics_report_shares (tenant_id, token_hash, month, page_zh, page_en, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [share.tenantId, hashOf(token), share.month, share.pages["zh-CN"], share.pages.en, share.expiresAt],
  );
  return { token, id: hashOf(token).toString("hex").slice(0, 12) };
}

/** The frozen page of a token; null where there is none, it has expired, or it was revoked. */
export async function readSharedPage(
  pool: Pick<Pool, "query">,
  token: string,
  locale: Locale,
  nowMs: number,
): Promise<string | null> {
  if (!tokenPattern.test(token)) return null;
  const { rows } = await pool.query<{ page: string }>({
    name: `web-read-shared-page-${locale}`,
    text: `select ${locale === "en" ? "page_en" : "page_zh"} as page from analytics_report_shares
      where token_hash = $1 and revoked_at is null and expires_at > $2`,
    values: [hashOf(token), new Date(nowMs)],
  });
  return rows[0]?.page ?? null;
}

/** The copies of a tenant, or of all; the latest first. */
export async function listShares(pool: Pick<Pool, "query">, tenantId: string | null): Promise<StoredShare[]> {
  const { rows } = await pool.query<{
    id: string;
    tenant_id: string;
    month: string;
    created_at: Date;
    expires_at: Date;
    revoked_at: Date | null;
  }>(
    `select substr(encode(token_hash, 'hex'), 1, 12) as id, tenant_id, month, created_at, expires_at, revoked_at
     from analytics_report_shares where $1::text is null or tenant_id = $1 order by created_at desc`,
    [tenantId],
  );
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    month: row.month,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }));
}

/** Revokes a copy by its id; its pages are gone with it. Gives whether there was one that was not revoked yet. */
export async function revokeShare(pool: Pick<Pool, "query">, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update analytics_report_shares set revoked_at = now(), page_zh = '', page_en = ''
     where substr(encode(token_hash, 'hex'), 1, 12) = $1 and revoked_at is null`,
    [id],
  );
  return (rowCount ?? 0) > 0;
}
