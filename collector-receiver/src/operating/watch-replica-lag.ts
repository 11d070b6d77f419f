import type { FastifyBaseLogger } from "fastify";
import type { Pool } from "pg";
import { Gauge, type Registry } from "prom-client";
import { measureReplicaLag } from "../storage/wire/replica-lag.ts";

const everyMs = 5_000;
/** More is worth a line: people see older figures than they think. */
const maxLagMs = 60_000;

export interface ReplicaLagWatch {
  /** How old what is read is, in ms, as it was measured last. */
  lagMs(): number;
  close(): void;
}

/** Watches how far the server that pages are read from is behind, for `as_of`, `/metrics` and the log. */
export function watchReplicaLag(
  pool: Pick<Pool, "query">,
  registry: Registry,
  log: Pick<FastifyBaseLogger, "warn" | "info">,
): ReplicaLagWatch {
  let lagMs = 0;
  let isLate = false;
  let measuring: Promise<void> | undefined;
  const measure = async (): Promise<void> => {
    lagMs = await measureReplicaLag(pool);
    const seconds = Math.round(lagMs / 1000);
    if (!isLate && lagMs > maxLagMs) {
      log.warn(
        { lagSeconds: seconds },
        `pages and figures are ${seconds} s old: the standby that they are read from is behind`,
      );
    } else if (isLate && lagMs <= maxLagMs) log.info("the standby that pages are read from has caught up");
    isLate = lagMs > maxLagMs;
  };
  const next = (): void => {
    // The pool says itself that it cannot read.
    measuring ??= measure()
      .catch(() => {})
      .finally(() => (measuring = undefined));
  };
  new Gauge({
    name: "spanledger_read_lag_seconds",
    help: "How far the server that pages and figures are read from (READ_DATABASE_URL) is behind its primary",
    registers: [registry],
    collect() {
      this.set(lagMs / 1000);
    },
  });
  next();
  const timer = setInterval(next, everyMs).unref();
  return { lagMs: () => lagMs, close: () => clearInterval(timer) };
}
