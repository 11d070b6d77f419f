import type { Pool } from "pg";
import type { Locale } from "../../metrics/format-metric.ts";

export interface NewShare {
  readonly tenantId: string;
  /** The period: `2025-12`, `2025-W52`, `2025-12-01_2025-12-10`. */
  readonly month: string;
  readonly expiresAt: Date;
  readonly pages: Readonly<Record<Locale, string>>;
  readonly files: readonly { readonly locale: Locale; readonly name: string; readonly content: Buffer }[];
}

/**
 * Stores a frozen copy of a report. One statement: a copy has all of its files and its entry in the audit, or does not exist.
 * @param tokenHash SHA-256 of the token in its link
 */
export async function insertShare(pool: Pick<Pool, "query">, tokenHash: Buffer, share: NewShare): Promise<void> {
  await pool.query(
    `with share as (
       insert into analytics_report_shares (tenant_id, token_hash, month, page_zh, page_en, expires_at)
       values ($1, $2, $3, $4, $5, $6)
       returning tenant_id, token_hash, month, expires_at
     ), audited as (
       insert into analytics_audit (tenant_id, action, details)
       select tenant_id, 'share', jsonb_build_object('step', 'created', 'id', substr(encode(token_hash, 'hex'), 1, 12),
         'month', month, 'expires_at', expires_at)
       from share
     )
     insert into analytics_report_share_files (tenant_id, token_hash, locale, name, content)
     select tenant_id, token_hash, file.locale, file.name, file.content
     from share, unnest($7::text[], $8::text[], $9::bytea[]) as file (locale, name, content)`,
    [
      share.tenantId,
      tokenHash,
      share.month,
      share.pages["zh-CN"],
      share.pages.en,
      share.expiresAt,
      share.files.map(({ locale }) => locale),
      share.files.map(({ name }) => name),
      share.files.map(({ content }) => content),
    ],
  );
}
