import type { FastifyBaseLogger } from "fastify";
import { describeOutage, isLasting } from "./describe-outage.ts";

export type OutageLogger = Pick<FastifyBaseLogger, "warn" | "info">;

/** Why work failed. */
export interface OutageCause {
  /** A clause that says what PostgreSQL lacks. */
  readonly reason: string;
  /** True if no restart of PostgreSQL ends it. */
  readonly isLasting: boolean;
  /** What PostgreSQL or the connection said. */
  readonly error: unknown;
}

/** Told of work that failed because of PostgreSQL, and of work that succeeded. */
export interface OutageWatch {
  /** @param requests how many were told to come again */
  failedBecause(requests: number, cause: OutageCause): void;
  succeeded(): void;
}

export function causeOf(error: unknown): OutageCause {
  return { reason: describeOutage(error), isLasting: isLasting(error), error };
}

/** What the log says of an outage. */
export interface OutageTexts {
  /** @param reason a clause that says what PostgreSQL lacks */
  readonly begins: (reason: string) => string;
  /** @param refused how many were told to come again */
  readonly ends: (seconds: number, refused: number) => string;
}

/**
 * Tells an outage of PostgreSQL in two lines: one when work begins to fail, one when it succeeds again. If PostgreSQL says
 * later that it lacks something, that is a line too.
 */
export class OutageLog implements OutageWatch {
  readonly #log: OutageLogger | undefined;
  readonly #texts: OutageTexts;
  #sinceMs: number | undefined;
  #refused = 0;
  readonly #said = new Set<string>();

  constructor(log: OutageLogger | undefined, texts: OutageTexts) {
    this.#log = log;
    this.#texts = texts;
  }

  /**
   * @param requests how many were told to come again
   * @param cause what PostgreSQL or the connection said
   */
  failed(requests: number, cause: unknown): void {
    this.failedBecause(requests, causeOf(cause));
  }

  failedBecause(requests: number, { reason, isLasting: lasts, error }: OutageCause): void {
    this.#refused += requests;
    // What PostgreSQL lacks is worth a line although the outage began with something else, such as a restart.
    if (this.#sinceMs !== undefined && (this.#said.has(reason) || !lasts)) return;
    this.#sinceMs ??= performance.now();
    this.#said.add(reason);
    this.#log?.warn({ err: error, reason }, this.#texts.begins(reason));
  }

  succeeded(): void {
    if (this.#sinceMs === undefined) return;
    const seconds = Number(((performance.now() - this.#sinceMs) / 1000).toFixed(1));
    const refused = this.#refused;
    this.#sinceMs = undefined;
    this.#refused = 0;
    this.#said.clear();
    this.#log?.info({ seconds, refused }, this.#texts.ends(seconds, refused));
  }
}
