import type { PeriodQuery } from "../stats/report-period.ts";
import pg from "pg";
import type { Config } from "../config/config.ts";
import { listShares, type ListedShare } from "../stats/sql/list-shares.ts";
import { insertShare } from "../storage/shares/insert-share.ts";
import { revokeShare } from "../storage/shares/revoke-share.ts";
import { freezeReport } from "../web/share/freeze-report.ts";
import { makeShareToken } from "../web/share/share-token.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

interface ShareOptions {
  readonly month?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly compare?: string;
  /** Seconds. */
  readonly expires: number;
  readonly tenant: string;
  readonly minGroupSize: number;
  readonly url?: string;
  readonly revoke?: string;
  readonly list?: boolean;
}

/** `spanledger share`: freezes a period's report behind a link, lists such links, or revokes one. */
export function runShare(options: ShareOptions): Promise<number> {
  return withDatabase(async (connectionString, config) => {
    const pool = new pg.Pool({ connectionString, max: 4 });
    try {
      if (options.list === true) {
        print(describeShares(await listShares(pool), Date.now()));
        return 0;
      }
      if (options.revoke !== undefined) {
        const isRevoked = await revokeShare(pool, options.revoke);
        print(
          isRevoked
            ? `${options.revoke} is revoked: its link shows nothing any more.\n`
            : `There is no open link "${options.revoke}"; \`spanledger share --list\` shows their ids.\n`,
        );
        return isRevoked ? 0 : 1;
      }
      const { month, period, from, to, compare } = options;
      if ((month ?? period ?? from ?? to) === undefined) {
        throw new CommandError(
          "invalid_arguments",
          "--month is missing: say which month, e.g. --month 2025-12, or another period with --period, or with --from and --to.",
        );
      }
      await listTenants(connectionString, options.tenant);
      const { token, id, expiresAt } = await share(pool, config, options, { month, period, from, to, compare });
      const base = (options.url ?? `http://${config.host}:${config.port}${config.basePath}`).replace(/\/+$/, "");
      print(
        `${base}/shared/${token}\nThe report is frozen as it is now; the link works until ${expiresAt.toISOString()}. It is stored nowhere; to revoke it: spanledger share --revoke ${id}\n`,
      );
      return 0;
    } finally {
      await pool.end();
    }
  });
}

async function share(
  pool: pg.Pool,
  config: Config,
  { tenant: tenantId, expires, minGroupSize: least }: ShareOptions,
  query: PeriodQuery,
) {
  const expiresAt = new Date(Date.now() + expires * 1000);
  const frozen = await freezeReport({ pool, now: Date.now }, tenantId, query, {
    least,
    expiresAt,
    sampleData: config.sampleData,
  });
  const { token, tokenHash, id } = makeShareToken();
  await insertShare(pool, tokenHash, { tenantId, month: frozen.slug, ...frozen, expiresAt });
  return { token, id, expiresAt };
}

function describeShares(shares: readonly ListedShare[], nowMs: number): string {
  return shares
    .map(({ id, tenantId, month, expiresAt, revokedAt }) => {
      const state = revokedAt !== null ? "revoked" : expiresAt.getTime() <= nowMs ? "expired" : "open";
      return `${id}  ${tenantId}  ${month}  until ${expiresAt.toISOString()}  ${state}\n`;
    })
    .join("");
}
