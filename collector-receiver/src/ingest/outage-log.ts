import type { FastifyBaseLogger } from "fastify";
import { describeOutage } from "../storage/wire/describe-outage.ts";

export type OutageLogger = Pick<FastifyBaseLogger, "warn" | "info">;

/** Tells an outage of PostgreSQL in two lines: one when batches begin to fail, one when they are committed again. */
export class OutageLog {
  readonly #log: OutageLogger | undefined;
  #sinceMs: number | undefined;
  #refused = 0;

  constructor(log: OutageLogger | undefined) {
    this.#log = log;
  }

  /** @param requests how many were told to come again */
  refused(requests: number, error: Error): void {
    this.#refused += requests;
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = performance.now();
    const reason = describeOutage(error.cause);
    this.#log?.warn(
      { err: error.cause ?? error, reason },
      `batches cannot be committed: ${reason}; senders are told to try again, and nothing is lost`,
    );
  }

  committed(): void {
    if (this.#sinceMs === undefined) return;
    const seconds = Number(((performance.now() - this.#sinceMs) / 1000).toFixed(1));
    const refused = this.#refused;
    this.#sinceMs = undefined;
    this.#refused = 0;
    this.#log?.info(
      { seconds, refused },
      `batches are committed again after ${seconds} s; ${refused} requests were told to come again`,
    );
  }
}
