import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { createTenantResolver } from "../receiving/resolve-ingest-token.ts";
import { UnauthenticatedError } from "./resolve-read-token.ts";

export interface MetricsOptions {
  readonly registry: Pick<Registry, "contentType" | "metrics">;
  /** METRICS_TOKEN. */
  readonly token: string | undefined;
  /** True if other machines can reach the receiver: without a token, `/metrics` is closed then. */
  readonly isReachable: boolean;
}

const closed =
  "/metrics is closed: HOST lets other machines reach the receiver, and METRICS_TOKEN is not set. Set it, and show it as `Authorization: Bearer <METRICS_TOKEN>`.";
const refused =
  "No valid token: set the header `Authorization: Bearer <METRICS_TOKEN>`; a token of INGEST_TOKENS or READ_TOKENS does not open /metrics.";

/** `/metrics` for Prometheus; 401 without the token, if one is asked for. */
export function answerMetrics(app: FastifyInstance, { registry, token, isReachable }: MetricsOptions): void {
  const resolve = createTenantResolver(token === undefined ? [] : [{ token, tenantIds: ["metrics"] }]);
  app.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
    if (token === undefined && isReachable) throw new UnauthenticatedError(closed);
    if (resolve(request.headers.authorization) === null) throw new UnauthenticatedError(refused);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
