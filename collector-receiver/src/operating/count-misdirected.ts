import type { FastifyBaseLogger } from "fastify";
import { Counter, type Registry } from "prom-client";
import { misdirections, type Misdirection, type OnMisdirected } from "../receiving/misdirections.ts";

/** Each kind is logged once in so long. */
const logEveryMs = 60_000;
/** Longest path or origin that is logged. */
const maxLoggedLength = 200;

interface Logged {
  readonly atMs: number;
  /** Requests that came since, without a line of their own. */
  requests: number;
}

/**
 * Counts misdirected requests, and logs each kind at most once a minute, with what its sender has to change.
 * @param now milliseconds of a clock that only goes forward
 */
export function countMisdirected(
  registry: Registry,
  log: Pick<FastifyBaseLogger, "warn">,
  now: () => number = () => performance.now(),
): OnMisdirected {
  const counter = new Counter({
    name: "spanledger_misdirected_requests_total",
    help: "Requests at a wrong address or in a wrong protocol, served or not: docs/misdirected-requests.md",
    labelNames: ["kind"],
    registers: [registry],
  });
  for (const kind of Object.keys(misdirections)) counter.inc({ kind }, 0);
  const logged = new Map<Misdirection, Logged>();
  return (kind, { address, path, origin }) => {
    counter.inc({ kind });
    const last = logged.get(kind);
    if (last !== undefined && now() - last.atMs < logEveryMs) {
      last.requests++;
      return;
    }
    logged.set(kind, { atMs: now(), requests: 0 });
    const { meaning, remedy } = misdirections[kind];
    const sender = { address, path: path?.slice(0, maxLoggedLength), origin: origin?.slice(0, maxLoggedLength) };
    log.warn({ misdirected: kind, requests: 1 + (last?.requests ?? 0), ...sender }, `${meaning} ${remedy}`);
  };
}
