import type { Pool } from "pg";
import type { Locale } from "../../metrics/format-metric.ts";

/**
 * The frozen page of a shared copy.
 * @param tokenHash SHA-256 of the token in its link
 * @returns null if there is no such copy, it has expired, or it was revoked
 */
export async function readSharedPage(
  pool: Pick<Pool, "query">,
  tokenHash: Buffer,
  locale: Locale,
  nowMs: number,
): Promise<string | null> {
  const { rows } = await pool.query<{ page: string }>({
    name: `web-read-shared-page-${locale}`,
    text: `select ${locale === "en" ? "page_en" : "page_zh"} as page from analytics_report_shares
      where token_hash = $1 and revoked_at is null and expires_at > $2`,
    values: [tokenHash, new Date(nowMs)],
  });
  return rows[0]?.page ?? null;
}

/**
 * A file of a shared copy, with the month that the copy is about.
 * @returns null as for pages, and if the copy has no such file
 */
export async function readSharedFile(
  pool: Pick<Pool, "query">,
  tokenHash: Buffer,
  { locale, name }: { readonly locale: Locale; readonly name: string },
  nowMs: number,
): Promise<{ readonly month: string; readonly content: Buffer } | null> {
  const { rows } = await pool.query<{ month: string; content: Buffer }>({
    name: "web-read-shared-file",
    text: `select share.month, file.content
      from analytics_report_shares share
      join analytics_report_share_files file using (tenant_id, token_hash)
      where share.token_hash = $1 and share.revoked_at is null and share.expires_at > $2
        and file.locale = $3 and file.name = $4`,
    values: [tokenHash, new Date(nowMs), locale, name],
  });
  return rows[0] ?? null;
}
