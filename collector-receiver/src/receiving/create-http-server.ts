import { createServer, type RequestListener, type Server } from "node:http";

/** How long a connection may keep the receiver waiting, in ms; after that it is closed without an answer. */
export interface ConnectionTimes {
  /** Until the next request begins. */
  readonly keepAliveMs: number;
  /** Until a whole request, body included, is here. */
  readonly requestMs: number;
  /** Until its headers are here, also for a connection on which nothing was said yet. */
  readonly headersMs: number;
  /** How often connections are looked at: what is closed is late by so much. */
  readonly lookEveryMs: number;
}

export const connectionTimes: ConnectionTimes = {
  // Longer than Go's idle timeout of 90 s, so that a Collector closes first and never writes into a closed connection.
  keepAliveMs: 120_000,
  // Who sends slower holds memory for nothing.
  requestMs: 120_000,
  headersMs: 20_000,
  lookEveryMs: 5_000,
};

/** Node's server with the receiver's limits of time, not yet listening. */
export function createHttpServer(times: ConnectionTimes, listener: RequestListener): Server {
  return createServer(
    {
      keepAliveTimeout: times.keepAliveMs,
      requestTimeout: times.requestMs,
      headersTimeout: times.headersMs,
      connectionsCheckingInterval: times.lookEveryMs,
    },
    listener,
  );
}
