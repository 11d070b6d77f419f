import { createServer, type RequestListener, type Server } from "node:http";

/** Longer than Go's idle timeout of 90 s, so that a Collector closes first and never writes into a closed connection. */
const keepAliveMs = 120_000;
/** A whole request, body included, has to be here by then: who sends slower holds memory for nothing. */
const requestTimeoutMs = 120_000;
const headersTimeoutMs = 20_000;
const checkConnectionsEveryMs = 5_000;

/** Node's server with the receiver's limits of time, not yet listening. */
export function createHttpServer(listener: RequestListener): Server {
  return createServer(
    {
      keepAliveTimeout: keepAliveMs,
      requestTimeout: requestTimeoutMs,
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: checkConnectionsEveryMs,
    },
    listener,
  );
}
