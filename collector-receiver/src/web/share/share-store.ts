import { hash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { Locale } from "../../metrics/format-metric.ts";
import type { FrozenReport } from "./freeze-report.ts";

/** 192 bits: as hard to guess as it is short enough for a line of a mail. */
const tokenBytes = 24;
const tokenPattern = /^[A-Za-z0-9_-]{32}$/;

export interface NewShare extends FrozenReport {
  readonly tenantId: string;
  readonly month: string;
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
  // One statement: a copy has all of its files or does not exist.
  await pool.query(
    `with share as (
       insert into analytics_report_shares (tenant_id, token_hash, month, page_zh, page_en, expires_at)
       values ($1, $2, $3, $4, $5, $6)
       returning tenant_id, token_hash
     )
     insert into analytics_report_share_files (tenant_id, token_hash, locale, name, content)
     select tenant_id, token_hash, file.locale, file.name, file.content
     from share, unnest($7::text[], $8::text[], $9::bytea[]) as file (locale, name, content)`,
    [
      share.tenantId,
      hashOf(token),
      share.month,
      share.pages["zh-CN"],
      share.pages.en,
      share.expiresAt,
      share.files.map(({ locale }) => locale),
      share.files.map(({ name }) => name),
      share.files.map(({ content }) => content),
    ],
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

/** A frozen file of a token, with the month that it is about; null as for pages, and where there is no such file. */
export async function readSharedFile(
  pool: Pick<Pool, "query">,
  token: string,
  locale: Locale,
  name: string,
  nowMs: number,
): Promise<{ readonly month: string; readonly content: Buffer } | null> {
  if (!tokenPattern.test(token)) return null;
  const { rows } = await pool.query<{ month: string; content: Buffer }>({
    name: "web-read-shared-file",
    text: `select share.month, file.content
      from analytics_report_shares share
      join analytics_report_share_files file using (tenant_id, token_hash)
      where share.token_hash = $1 and share.revoked_at is null and share.expires_at > $2
        and file.locale = $3 and file.name = $4`,
    values: [hashOf(token), new Date(nowMs), locale, name],
  });
  return rows[0] ?? null;
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

/** Revokes a copy by its id; its pages and files are gone with it. Gives whether there was one that was not revoked yet. */
export async function revokeShare(pool: Pick<Pool, "query">, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with share as (
       update analytics_report_shares set revoked_at = now(), page_zh = '', page_en = ''
       where substr(encode(token_hash, 'hex'), 1, 12) = $1 and revoked_at is null
       returning tenant_id, token_hash
     ), gone as (
       delete from analytics_report_share_files file using share
       where file.tenant_id = share.tenant_id and file.token_hash = share.token_hash
     )
     select from share`,
    [id],
  );
  return (rowCount ?? 0) > 0;
}
