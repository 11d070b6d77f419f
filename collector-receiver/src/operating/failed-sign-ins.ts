import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import { Counter, type Registry } from "prom-client";

/** What somebody tried to open: the numbers, with a token; or a shared copy, by its link. */
export type Door = "token" | "share";

/** Too many wrong tokens or links came from one address. */
export class TooManyFailuresError extends Error {
  override readonly name = "TooManyFailuresError";
  readonly code = "too_many_failures";
  readonly statusCode = 429;
}

/** What failed in one minute. */
export type FailedSignInSummary = Readonly<Record<Door, number>>;

export interface FailedSignInOptions {
  readonly registry: Registry;
  readonly log: FastifyBaseLogger;
  /** Writes a minute's failures into the audit. */
  readonly audit: (failures: FailedSignInSummary) => Promise<unknown>;
  /** For tests. */
  readonly minuteMs?: number;
}

/** A person who mistypes needs fewer, and a program that guesses needs far more. */
const maxFailuresPerMinute = 30;
/** More addresses than this in one minute are an attack by many, which a list of addresses does not stop. */
const maxAddresses = 10_000;

/**
 * Counts wrong tokens and links, audits them each minute, and answers 429 to an address that goes on. A right token is
 * always served: people behind one proxy share its address.
 */
export class FailedSignIns {
  readonly #options: FailedSignInOptions;
  readonly #counter: Counter<"door">;
  readonly #timer: NodeJS.Timeout;
  #addresses = new Map<string, number>();
  #failures: Record<Door, number> = { token: 0, share: 0 };

  constructor(options: FailedSignInOptions) {
    this.#options = options;
    this.#counter = new Counter({
      name: "spanledger_failed_sign_ins_total",
      help: "Reads with a wrong token, and links to shared copies that do not exist",
      labelNames: ["door"],
      registers: [options.registry],
    });
    for (const door of ["token", "share"] as const) this.#counter.inc({ door }, 0);
    this.#timer = setInterval(() => void this.report(), options.minuteMs ?? 60_000);
    this.#timer.unref();
  }

  /** Notes a failure. @throws TooManyFailuresError if this address has had too many within the minute */
  note(door: Door, request: FastifyRequest): void {
    this.#counter.inc({ door });
    this.#failures[door]++;
    const { ip } = request;
    const failures = (this.#addresses.get(ip) ?? 0) + 1;
    if (this.#addresses.has(ip) || this.#addresses.size < maxAddresses) this.#addresses.set(ip, failures);
    if (failures > maxFailuresPerMinute) {
      throw new TooManyFailuresError("Too many wrong tokens or links came from this address: wait a minute.");
    }
  }

  /** Logs and audits what failed since the last report, and forgets the addresses. */
  async report(): Promise<void> {
    const failures = this.#failures;
    const addresses = [...this.#addresses].toSorted(([, a], [, b]) => b - a).slice(0, 5);
    this.#failures = { token: 0, share: 0 };
    this.#addresses = new Map();
    if (failures.token + failures.share === 0) return;
    const { log, audit } = this.#options;
    log.warn({ failures, addresses: Object.fromEntries(addresses) }, "reads with wrong tokens or links");
    await audit(failures).catch((error: unknown) => log.warn({ err: error }, "failed sign-ins could not be audited"));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.report();
  }
}
