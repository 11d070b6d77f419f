import type { FastifyBaseLogger } from "fastify";
import type { Pool } from "pg";
import type { LiveCounters } from "../stats/live-counters.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import { writeHashes } from "./hash-writer.ts";
import { hashesOf } from "./live-hash.ts";
import { EXPIRY_MS } from "./live-keys.ts";
import { PendingDays } from "./pending-days.ts";
import { readHashDay } from "./read-hash-day.ts";
import { openRedis } from "./redis-connection.ts";
import { refreshToday } from "./refresh-today.ts";

export interface LiveOptions {
  readonly redisUrl: string;
  /** For the refresh of today's hashes. */
  readonly pool: Pick<Pool, "query">;
  readonly log: Pick<FastifyBaseLogger, "info" | "warn">;
  /** The clock, in ms; for tests. */
  readonly now?: () => number;
  /** Milliseconds between two refreshes. Default: a minute. */
  readonly refreshEveryMs?: number;
}

export interface LiveState {
  readonly connected: boolean;
  /** Days that wait for Redis. */
  readonly pendingDays: number;
  readonly writes: number;
  readonly failures: number;
  /** Days that gave way because too many waited. */
  readonly droppedDays: number;
}

export interface Live extends LiveCounters {
  readonly state: LiveState;
  /** Takes the counter rows of a commit; returns at once, whatever Redis does. */
  publish(days: readonly BusinessRow[]): void;
  /** Writes what waits, if Redis answers, and closes the connections. */
  close(): Promise<void>;
}

const WRITE_TIMEOUT_MS = 2_000;
/** A reader falls back to PostgreSQL after this. */
const READ_TIMEOUT_MS = 300;
const RETRY_AFTER_MS = 1_000;
const REFRESH_EVERY_MS = 60_000;
const MOST_PENDING_DAYS = 4_096;
/** Hashes of one pipeline: bounds what a Redis that comes back is sent at once. */
const WRITE_DAYS = 256;

/**
 * Keeps the counters of recent days in Redis. A cache: what cannot be written waits, newest values
 * only, and today is overwritten from PostgreSQL each minute, so that a hash heals whatever befell it.
 */
export function createLive(options: LiveOptions): Live {
  const { redisUrl: url, pool, log, now = Date.now } = options;
  const pending = new PendingDays(MOST_PENDING_DAYS);
  const counts = { writes: 0, failures: 0, droppedDays: 0 };
  let failing = false;
  let closing = false;
  let working: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  const writing = openRedis({
    url,
    name: "spanledger-live-writer",
    commandTimeoutMs: WRITE_TIMEOUT_MS,
    onChange(connected, error) {
      if (closing) return;
      if (connected) log.info("Redis is connected: live counters come from there");
      else log.warn({ reason: error?.message }, "Redis is not connected: live counters come from PostgreSQL");
      // What Redis holds after an outage is not known.
      if (connected) refresh();
    },
  });
  const reading = openRedis({
    url,
    name: "spanledger-live-reader",
    commandTimeoutMs: READ_TIMEOUT_MS,
    onChange: () => {},
  });
  const timer = setInterval(refresh, options.refreshEveryMs ?? REFRESH_EVERY_MS);
  timer.unref();

  /** One piece of work at a time: a refresh and a flush side by side would overtake each other. */
  function work(task: () => Promise<void>): Promise<void> {
    const done = (working ?? Promise.resolve()).then(task).then(
      () => {
        if (failing) log.info("live counters are written again");
        failing = false;
      },
      (error: unknown) => {
        counts.failures++;
        if (!failing && writing.status === "ready") {
          // Never the error itself: ioredis hangs the command on it, and AUTH holds the password.
          log.warn({ reason: (error as Error).message }, "live counters cannot be written");
        }
        failing = true;
        if (!closing) retry ??= setTimeout(retryNow, RETRY_AFTER_MS).unref();
      },
    );
    const settled = done.finally(() => {
      if (working === settled) working = undefined;
    });
    working = settled;
    return settled;
  }

  function retryNow(): void {
    retry = undefined;
    refresh();
    if (pending.size > 0) flush();
  }

  function refresh(): void {
    void work(async () => {
      assertConnected();
      await refreshToday(writing, pool, now());
    });
  }

  /** PostgreSQL is not asked for what could not be written anyway. */
  function assertConnected(): void {
    if (writing.status !== "ready") throw new Error("Redis is not connected");
  }

  let flushScheduled = false;
  function flush(): void {
    if (flushScheduled || retry !== undefined) return;
    flushScheduled = true;
    void work(async () => {
      flushScheduled = false;
      assertConnected();
      const rows = pending.take();
      try {
        while (rows.length > 0) {
          await writeHashes(writing, rows.slice(0, WRITE_DAYS).flatMap(hashesOf));
          counts.writes += Math.min(rows.length, WRITE_DAYS);
          rows.splice(0, WRITE_DAYS);
        }
      } catch (error) {
        counts.droppedDays += pending.add(rows);
        throw error;
      }
    });
  }

  return {
    get state() {
      return { ...counts, connected: writing.status === "ready", pendingDays: pending.size };
    },
    publish(days) {
      const oldest = new Date(now() - EXPIRY_MS).toISOString().slice(0, 10);
      const recent = days.filter((row) => row.period_value >= oldest);
      if (recent.length === 0 || closing) return;
      counts.droppedDays += pending.add(recent);
      flush();
    },
    async readDay(tenantId, day) {
      // What this receiver could not write is missing there.
      if (failing) throw new Error("Redis does not take what is written: its counters are behind");
      return readHashDay(reading, tenantId, day);
    },
    async close() {
      closing = true;
      clearInterval(timer);
      clearTimeout(retry);
      retry = undefined;
      if (pending.size > 0 && !failing) flush();
      await working;
      writing.disconnect();
      reading.disconnect();
    },
  };
}
