import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { createTenantResolver } from "../receiving/resolve-ingest-token.ts";
import { UnauthenticatedError } from "./resolve-read-token.ts";

export interface MetricsOptions {
  readonly registry: Pick<Registry, "contentType" | "metrics">;
  /** Undefined: nobody has to show one. */
  readonly token: string | undefined;
}

/** `/metrics` for Prometheus; 401 without the token, if there is one. */
export function answerMetrics(app: FastifyInstance, { registry, token }: MetricsOptions): void {
  const resolve = createTenantResolver(token === undefined ? [] : [{ token, tenantIds: ["metrics"] }]);
  app.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
    if (resolve(request.headers.authorization) === null) {
      throw new UnauthenticatedError(
        "No valid token: set the header `Authorization: Bearer <METRICS_TOKEN>`; a token of INGEST_TOKENS or READ_TOKENS does not open /metrics.",
      );
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
