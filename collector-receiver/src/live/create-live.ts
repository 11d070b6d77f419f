import type { FastifyBaseLogger } from "fastify";
import type { Redis } from "ioredis";
import type { Pool } from "pg";
import type { LiveCounters } from "../stats/live-counters.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import { writeHashes } from "./hash-writer.ts";
import { hashesOf } from "./live-hash.ts";
import { expiryMs } from "./live-keys.ts";
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

const writeTimeoutMs = 2_000;
/** A reader falls back to PostgreSQL after this. */
const readTimeoutMs = 300;
const retryAfterMs = 1_000;
const usualRefreshEveryMs = 60_000;
const maxPendingDays = 4_096;
/** Hashes of one pipeline: bounds what a Redis that comes back is sent at once. */
const writeDays = 256;

export function createLive(options: LiveOptions): Live {
  return new RedisLive(options);
}

/**
 * Keeps the counters of recent days in Redis. A cache: what cannot be written waits, newest values
 * only, and today is overwritten from PostgreSQL each minute, so that a hash heals whatever befell it.
 */
class RedisLive implements Live {
  readonly #options: LiveOptions;
  readonly #now: () => number;
  readonly #pending = new PendingDays(maxPendingDays);
  readonly #counts = { writes: 0, failures: 0, droppedDays: 0 };
  readonly #writing: Redis;
  readonly #reading: Redis;
  readonly #timer: NodeJS.Timeout;
  #failing = false;
  #closing = false;
  #flushScheduled = false;
  #working: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: LiveOptions) {
    const { redisUrl: url, now = Date.now, refreshEveryMs = usualRefreshEveryMs } = options;
    this.#options = options;
    this.#now = now;
    this.#writing = openRedis({
      url,
      name: "spanledger-live-writer",
      commandTimeoutMs: writeTimeoutMs,
      onChange: (connected, error) => this.#noteConnection(connected, error),
    });
    this.#reading = openRedis({
      url,
      name: "spanledger-live-reader",
      commandTimeoutMs: readTimeoutMs,
      onChange: () => {},
    });
    this.#timer = setInterval(() => this.#refresh(), refreshEveryMs);
    this.#timer.unref();
  }

  get state(): LiveState {
    const { status } = this.#writing;
    return { ...this.#counts, connected: status === "ready", pendingDays: this.#pending.size };
  }

  publish(days: readonly BusinessRow[]): void {
    const oldest = new Date(this.#now() - expiryMs).toISOString().slice(0, 10);
    const recent = days.filter((row) => row.period_value >= oldest);
    if (recent.length === 0 || this.#closing) return;
    this.#counts.droppedDays += this.#pending.add(recent);
    this.#flush();
  }

  async readDay(tenantId: string, day: string): ReturnType<LiveCounters["readDay"]> {
    // What this receiver could not write is missing there.
    if (this.#failing) throw new Error("Redis does not take what is written: its counters are behind");
    return readHashDay(this.#reading, tenantId, day);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    if (this.#pending.size > 0 && !this.#failing) this.#flush();
    await this.#working;
    this.#writing.disconnect();
    this.#reading.disconnect();
  }

  #noteConnection(connected: boolean, error: Error | undefined): void {
    if (this.#closing) return;
    const { log } = this.#options;
    if (connected) log.info("Redis is connected: live counters come from there");
    else log.warn({ reason: error?.message }, "Redis is not connected: live counters come from PostgreSQL");
    // What Redis holds after an outage is not known.
    if (connected) this.#refresh();
  }

  /** One piece of work at a time: a refresh and a flush side by side would overtake each other. */
  #work(task: () => Promise<void>): Promise<void> {
    const done = (this.#working ?? Promise.resolve()).then(task).then(
      () => {
        if (this.#failing) this.#options.log.info("live counters are written again");
        this.#failing = false;
      },
      (error: unknown) => this.#noteFailure(error as Error),
    );
    const settled = done.finally(() => {
      if (this.#working === settled) this.#working = undefined;
    });
    this.#working = settled;
    return settled;
  }

  #noteFailure(error: Error): void {
    this.#counts.failures++;
    if (!this.#failing && this.#writing.status === "ready") {
      // Never the error itself: ioredis hangs the command on it, and AUTH holds the password.
      this.#options.log.warn({ reason: error.message }, "live counters cannot be written");
    }
    this.#failing = true;
    if (!this.#closing) this.#retry ??= setTimeout(() => this.#retryNow(), retryAfterMs).unref();
  }

  #retryNow(): void {
    this.#retry = undefined;
    this.#refresh();
    if (this.#pending.size > 0) this.#flush();
  }

  #refresh(): void {
    void this.#work(async () => {
      this.#assertConnected();
      await refreshToday(this.#writing, this.#options.pool, this.#now());
    });
  }

  /** PostgreSQL is not asked for what could not be written anyway. */
  #assertConnected(): void {
    if (this.#writing.status !== "ready") throw new Error("Redis is not connected");
  }

  #flush(): void {
    if (this.#flushScheduled || this.#retry !== undefined) return;
    this.#flushScheduled = true;
    void this.#work(async () => {
      this.#flushScheduled = false;
      this.#assertConnected();
      const rows = this.#pending.take();
      try {
        while (rows.length > 0) {
          await writeHashes(this.#writing, rows.slice(0, writeDays).flatMap(hashesOf));
          this.#counts.writes += Math.min(rows.length, writeDays);
          rows.splice(0, writeDays);
        }
      } catch (error) {
        this.#counts.droppedDays += this.#pending.add(rows);
        throw error;
      }
    });
  }
}
