import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import pg from "pg";
import { keepResolutionDays } from "./keep-resolution-days.ts";
import { sweepIdleSessions } from "./sweep-idle-sessions.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import type { RetentionAnnouncement } from "../storage/settings/retention-plans.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { findTenantsToSweep, listTenantTimezones, readRetentionStarts } from "../storage/settings/list-tenants.ts";
import { DutyTakenError } from "../storage/wire/in-transaction.ts";
import { openWriterConnection, type WriterConnection } from "../storage/wire/writer-connection.ts";
import { DatabaseClock } from "../storage/wire/database-clock.ts";
import { keepRetention } from "./keep-retention.ts";

export interface TenantWatchOptions {
  readonly connectionString: string;
  readonly log: Pick<FastifyBaseLogger, "warn" | "info">;
  /** Milliseconds between two rounds. */
  readonly everyMs: number;
  /** Whole business months that are kept before the current one; undefined: everything. */
  readonly retentionMonths: number | undefined;
  /** After each slice: sessions that it ended, and the days whose counters it changed. */
  readonly onSwept: (sessions: number, days: readonly BusinessRow[]) => void;
}

export interface TenantWatch {
  /** Start of what is kept of a tenant, ms since 1970; null: everything, or a tenant that is not known yet. */
  retainedFromMs(tenantId: string): number | null;
  /** What retention had announced at the end of the last round, by any receiver. */
  announcements(): readonly RetentionAnnouncement[];
  /**
   * Ends the round under way, if need be by cancelling its statement, and closes the connection. What was
   * not committed is done by the next start.
   */
  close(): Promise<void>;
}

/** Statements that judge days of one tenant in one round; a month each, the latest first. */
const maxJudgedMonths = 12;

/** What a round that waits for nobody needs to come to its end. */
const CLOSE_GRACE_MS = 500;

/**
 * Carries out the duties of upkeep from time to time, on a connection of its own: reads from when rows are kept, ends
 * the sessions that have been idle for too long, judges the AI resolutions of days that are over, and announces and
 * drops what is older than the retention. Visits only the tenants that are due. If several receivers run, one at a
 * time does each duty. All of it goes by PostgreSQL's clock. A round that fails is tried again.
 */
export async function watchTenants(options: TenantWatchOptions): Promise<TenantWatch> {
  let client: WriterConnection | undefined;
  let retained = new Map<string, number | null>();
  let announcements: readonly RetentionAnnouncement[] = [];
  let closing = false;
  let failed = false;

  async function readRetained(): Promise<WriterConnection> {
    client ??= await openWriterConnection(options.connectionString);
    retained = await readRetentionStarts(client);
    return client;
  }

  async function goRound(): Promise<void> {
    const client = await readRetained();
    const clock = await DatabaseClock.measure(client);
    const swept: string[] = [];
    await asLeader(async () => {
      for (const tenantId of await findTenantsToSweep(client, clock.nowMs())) {
        for await (const { sessions, days } of sweepIdleSessions(client, tenantId, clock.nowMs(), "sweep")) {
          options.onSwept(sessions, days);
          if (closing) return;
        }
        swept.push(tenantId);
      }
    });
    if (closing) return;
    // A day can be judged only if the watermark has moved, so the other tenants need no look.
    await asLeader(async () => {
      for (const tenantId of swept) {
        for (let months = 0; months < maxJudgedMonths; months++) {
          const judged = await keepResolutionDays(client, tenantId, "resolution-days");
          if (closing) return;
          if (judged.length === 0) break;
        }
      }
    });
    if (closing) return;
    const tenants = options.retentionMonths === undefined ? [] : await listTenantTimezones(client);
    const round = await keepRetention(client, tenants, clock, { log: options.log, months: options.retentionMonths });
    announcements = round.announcements;
    for (const { tenantId, retainedFromMs } of round.sealed) retained.set(tenantId, retainedFromMs);
  }

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      if (failed) options.log.info("tenants are watched again");
      failed = false;
    } catch (error) {
      // Once for an outage, not once a round.
      if (!failed && !closing)
        options.log.warn({ err: error }, "tenants cannot be watched now; tried again each round");
      failed = true;
      const lost = client;
      client = undefined;
      await lost?.end().catch(() => {});
    }
  }

  let round = Promise.resolve();
  let busy = false;
  const startRound = (): void => {
    if (busy) return;
    busy = true;
    round = attempt(goRound).finally(() => (busy = false));
  };
  /** A round may wait for a lock as long as somebody holds it, and whoever stops us does not. */
  async function endRound(): Promise<void> {
    while ((await Promise.race([round.then(() => "over"), sleep(CLOSE_GRACE_MS, "waiting")])) === "waiting") {
      if (client !== undefined) await cancelStatement(options.connectionString, client).catch(() => client?.end());
    }
  }

  // What is kept has to be known before the first event; sweeping may have to wait for locks, and nobody
  // waits for that.
  await attempt(readRetained);
  startRound();
  const timer = setInterval(startRound, options.everyMs);
  return {
    retainedFromMs: (tenantId) => retained.get(tenantId) ?? null,
    announcements: () => announcements,
    async close() {
      closing = true;
      clearInterval(timer);
      await endRound();
      await client?.end().catch(() => {});
    },
  };
}

/** Does a duty as far as this receiver leads it. If a tenant is switched to other rules meanwhile, the next round leaves it out. */
async function asLeader(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DutyTakenError || error instanceof CountingRulesError)) throw error;
  }
}

/**
 * Cancels what a connection's server is doing. Closing the connection is not enough: a server that waits for a
 * lock does not notice, and keeps its place in the queue, before everybody who comes later.
 */
async function cancelStatement(connectionString: string, client: WriterConnection): Promise<void> {
  const canceller = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  canceller.on("error", () => {});
  try {
    await canceller.connect();
    await canceller.query("select pg_cancel_backend($1)", [serverProcessOf(client)]);
  } finally {
    await canceller.end().catch(() => {});
  }
}

/** Not in @types/pg: https://node-postgres.com/apis/client has it as `processID`. */
const serverProcessOf = (client: WriterConnection): number => (client as unknown as { processID: number }).processID;
