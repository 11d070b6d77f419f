import type { FastifyBaseLogger } from "fastify";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { applyDefinitions } from "./apply-definitions.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { listTenantIds, listTenantsOfOtherRules } from "../storage/settings/list-tenants.ts";
import { loadCustomDefinitions, readPendingMetrics } from "../storage/settings/store-custom-definitions.ts";
import type { PendingMetric } from "../storage/settings/store-custom-definitions.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";

/**
 * Makes the definitions of a `spanledger.config.ts` those of every tenant in the database, and says which metrics
 * need a rebuild. Without a file, what a receiver stored before holds: a start from another folder stops nothing.
 * @returns the definitions by which this process has to check events; null where there are none
 */
export async function applyCustomDefinitions(
  connectionString: string,
  definitions: CustomDefinitions | null,
  log: Pick<FastifyBaseLogger, "info" | "warn">,
): Promise<CustomDefinitions | null> {
  const client = await openWriterConnection(connectionString);
  try {
    let held = definitions;
    const others = await listTenantsOfOtherRules(client);
    if (others.size > 0) log.warn({ tenants: others.size }, new CountingRulesError(others).message);
    for (const tenantId of await listTenantIds(client)) {
      if (others.has(tenantId)) continue;
      let pending: PendingMetric[];
      if (definitions !== null) pending = await applyDefinitions(client, tenantId, definitions);
      else {
        held ??= (await loadCustomDefinitions(client, tenantId))?.definitions ?? null;
        pending = await readPendingMetrics(client, tenantId);
      }
      if (pending.length > 0) {
        const metrics = pending.map(({ metric }) => metric);
        log.warn(
          { tenantId, metrics },
          "these metrics count since their definition only: `spanledger rebuild` counts what came before",
        );
      }
    }
    if (definitions === null && held !== null) {
      log.warn(
        { metrics: Object.keys(held.metrics) },
        "no spanledger.config.ts here: the definitions that a receiver stored before hold on",
      );
    }
    return held;
  } finally {
    await client.end();
  }
}
