import type { FastifyBaseLogger } from "fastify";
import { applyDueRetention, retentionStart } from "./apply-retention.ts";
import {
  announceRetention,
  forgetOldRows,
  readAnnouncements,
  type RetentionAnnouncement,
  type RetentionBound,
} from "../storage/settings/retention-plans.ts";
import { DutyTakenError, inTransaction, LockBusyError } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import type { DatabaseClock } from "../storage/wire/database-clock.ts";

export interface RetentionOptions {
  readonly log: Pick<FastifyBaseLogger, "warn" | "info">;
  /** RETENTION_MONTHS; undefined: everything is kept. */
  readonly months: number | undefined;
  /** How long batches may keep the dropping waiting, in ms; undefined: as long as they want. */
  readonly maxLockWaitMs?: number;
}

export interface RetentionRound {
  /** What is announced and not carried out yet, by any receiver. */
  readonly announcements: readonly RetentionAnnouncement[];
  /** What was sealed in this round. */
  readonly sealed: readonly RetentionBound[];
}

const maxExamples = 5;

/**
 * One round of retention: announces what this receiver does not want to keep, objects to what it does, and carries out its
 * own announcements a day later. PostgreSQL decides when a day is over; this machine's clock can only put a bound earlier,
 * so that one wrong clock of the two destroys nothing.
 */
export async function keepRetention(
  client: WriterConnection,
  tenants: readonly { readonly tenantId: string; readonly timezone: string }[],
  clock: DatabaseClock,
  { log, months, maxLockWaitMs }: RetentionOptions,
): Promise<RetentionRound> {
  if (months === undefined) {
    const running = (await readAnnouncements(client)).filter(({ state }) => isRunning(state));
    const objections = new Set(running.map(({ tenantId }) => tenantId));
    if (objections.size > 0) {
      await announceRetention(
        client,
        0,
        [...objections].map((tenantId) => ({ tenantId, retainedFromMs: null })),
      );
    }
    return { announcements: await readAnnouncements(client), sealed: [] };
  }
  const nowMs = Math.min(clock.nowMs(), Date.now());
  const bounds = tenants.map(({ tenantId, timezone }) => ({
    tenantId,
    retainedFromMs: retentionStart(timezone, months, nowMs),
  }));
  const begun = await announceRetention(client, months, bounds);
  for (const [retainedFromMs, alike] of Map.groupBy(begun, (each) => each.retainedFromMs)) {
    log.warn(
      { ...describeTenants(alike), retainedFrom: timeOf(retainedFromMs), dueAt: timeOf(alike[0]?.dueMs ?? 0), months },
      `retention is going to drop the rows before ${timeOf(retainedFromMs)} in a day; \`spanledger retention --dry-run\` ` +
        "shows what that is, and `--cancel` ends it",
    );
  }
  let announcements = await readAnnouncements(client);
  if (!announcements.some((each) => each.months === months && each.state === "due"))
    return { announcements, sealed: [] };
  const applied = await applyDueRetention(client, months, maxLockWaitMs).catch((error: unknown) => {
    if (error instanceof DutyTakenError || error instanceof LockBusyError) return { sealed: [], dropped: [] };
    throw error;
  });
  const { sealed, dropped } = applied;
  if (sealed.length > 0) {
    log.info({ ...describeTenants(sealed), partitions: dropped, months }, "retention has sealed older periods");
    announcements = await readAnnouncements(client);
  }
  return { announcements, sealed };
}

/** Rows of one transaction, some 100 ms, and of one round: millions take hours, and hold nothing up meanwhile. */
const maxForgottenRows = 10_000;
const maxForgottenSlices = 10;

/** Forgets what is older than what is kept and stands in no partition: rejected events, sessions and so on. */
export async function forgetWhatIsNotKept(
  client: WriterConnection,
  { log, isClosing }: Pick<RetentionOptions, "log"> & { readonly isClosing: () => boolean },
): Promise<void> {
  let forgotten = 0;
  for (let slice = 0; slice < maxForgottenSlices && !isClosing(); slice++) {
    const rows = await inTransaction(client, { duty: "retention" }, () =>
      forgetOldRows(client, maxForgottenRows),
    ).catch((error: unknown) => {
      if (error instanceof DutyTakenError) return 0;
      throw error;
    });
    forgotten += rows;
    if (rows < maxForgottenRows) break;
  }
  if (forgotten > 0) log.info({ rows: forgotten }, "retention has deleted rejected events, sessions and other rows");
}

/** True if rows are going to be dropped unless somebody objects. */
export function isRunning(state: RetentionAnnouncement["state"]): boolean {
  return state === "announced" || state === "due" || state === "held";
}

function describeTenants(tenants: readonly { readonly tenantId: string }[]): { tenants: number; examples: string[] } {
  return { tenants: tenants.length, examples: tenants.slice(0, maxExamples).map(({ tenantId }) => tenantId) };
}

const timeOf = (ms: number): string => new Date(ms).toISOString();
