import type { FastifyBaseLogger } from "fastify";
import { sqlStateOf } from "../storage/wire/database-errors.ts";
import { DeadlineError } from "../storage/wire/with-deadline.ts";

export type OutageLogger = Pick<FastifyBaseLogger, "warn" | "info">;

/** What PostgreSQL lacks, by SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const reasonOfState: ReadonlyMap<string, string> = new Map([
  ["53100", "its disk is full"],
  ["53200", "it is out of memory"],
  ["53300", "all its connections are taken"],
  ["25006", "it is read-only: a standby, or a primary that hands over"],
  ["55P03", "a lock could not be had in time"],
  ["57P01", "it is shutting down"],
  ["57P02", "it crashed"],
  ["57P03", "it does not take connections yet"],
]);

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
    const reason = reasonOf(error.cause);
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

function reasonOf(error: unknown): string {
  const named = reasonOfState.get(sqlStateOf(error) ?? "");
  if (named !== undefined) return `PostgreSQL says that ${named}`;
  if (error instanceof DeadlineError) return error.message;
  return `PostgreSQL cannot be reached (${error instanceof Error ? error.message : String(error)})`;
}
