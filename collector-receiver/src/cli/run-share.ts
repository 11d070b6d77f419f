import pg from "pg";
import { parseDuration } from "../config/parse-duration.ts";
import { listShares, createShare, revokeShare } from "../web/share/share-store.ts";
import { defaultLeastGroup, freezeReport } from "../web/share/freeze-report.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";

interface ShareOptions {
  readonly month?: string;
  readonly expires: string;
  readonly tenant: string;
  readonly leastGroup: string;
  readonly url?: string;
  readonly revoke?: string;
  readonly list?: boolean;
}

const longestSeconds = 366 * 86_400;

/** `spanledger share`: freezes a month's report behind a link, lists such links, or revokes one. */
export function runShare(options: ShareOptions): Promise<number> {
  return withDatabase(async (connectionString, config) => {
    const pool = new pg.Pool({ connectionString, max: 4 });
    try {
      if (options.list === true) {
        const now = Date.now();
        for (const share of await listShares(pool, null)) {
          const state = share.revokedAt !== null ? "revoked" : share.expiresAt.getTime() <= now ? "expired" : "open";
          print(`${share.id}  ${share.tenantId}  ${share.month}  until ${share.expiresAt.toISOString()}  ${state}\n`);
        }
        return 0;
      }
      if (options.revoke !== undefined) {
        const revoked = await revokeShare(pool, options.revoke);
        print(
          revoked
            ? `${options.revoke} is revoked: its link shows nothing any more.\n`
            : `There is no open link "${options.revoke}"; \`spanledger share --list\` shows their ids.\n`,
        );
        return revoked ? 0 : 1;
      }
      const { month, seconds, least } = checkOptions(options);
      await listTenants(connectionString, options.tenant);
      const expiresAt = new Date(Date.now() + seconds * 1000);
      const frozen = await freezeReport({ pool, now: Date.now }, options.tenant, month, {
        least,
        expiresAt,
        sampleData: config.sampleData,
      });
      const { token, id } = await createShare(pool, { tenantId: options.tenant, month, ...frozen, expiresAt });
      const base = (options.url ?? `http://${config.host}:${config.port}`).replace(/\/+$/, "");
      print(
        `${base}/shared/${token}\nShown until ${expiresAt.toISOString()}, as it is now. The link is not kept anywhere; to revoke it: spanledger share --revoke ${id}\n`,
      );
      return 0;
    } finally {
      await pool.end();
    }
  });
}

function checkOptions({ month, expires, leastGroup }: ShareOptions): { month: string; seconds: number; least: number } {
  const wrong = (message: string): Error => new CommandError("invalid_arguments", message);
  if (month === undefined) throw wrong("--month is missing: say which month, e.g. --month 2025-12.");
  const seconds = parseDuration(expires);
  if (seconds === null || seconds === undefined || seconds < 60 || seconds > longestSeconds) {
    throw wrong(`--expires ${expires} is not a duration from 1m to 366d, such as 30d.`);
  }
  const least = Number(leastGroup);
  if (!Number.isSafeInteger(least) || least < 2) {
    throw wrong(
      `--least-group ${leastGroup} is not a whole number of at least 2; ${defaultLeastGroup} is the default.`,
    );
  }
  return { month, seconds, least };
}
