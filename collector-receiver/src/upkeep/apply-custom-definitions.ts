import type { FastifyBaseLogger } from "fastify";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { applyDefinitions } from "./apply-definitions.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { listTenantIds, listTenantsOfOtherRules } from "../storage/settings/list-tenants.ts";
import { loadAnyDefinitions, readPendingMetrics } from "../storage/settings/store-custom-definitions.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";

/** Tenants that one log line names. */
const maxExamples = 5;

/**
 * Makes the definitions of a `spanledger.config.ts` those of every tenant in the database, and says which metrics
 * need a rebuild. Without a file, what a receiver stored before holds: a start from another folder stops nothing.
 * @returns the definitions by which this process has to check events; null if there are none
 */
export async function applyCustomDefinitions(
  connectionString: string,
  definitions: CustomDefinitions | null,
  log: Pick<FastifyBaseLogger, "info" | "warn">,
): Promise<CustomDefinitions | null> {
  const client = await openWriterConnection(connectionString);
  try {
    const others = await listTenantsOfOtherRules(client);
    if (others.size > 0) log.warn({ tenants: others.size }, new CountingRulesError(others).message);
    const tenantIds = (await listTenantIds(client)).filter((tenantId) => !others.has(tenantId));
    const pending =
      definitions === null
        ? await readPendingMetrics(client, tenantIds)
        : await applyDefinitions(client, tenantIds, definitions);
    if (pending.size > 0) {
      const metrics = new Set([...pending.values()].flatMap((own) => own.map(({ metric }) => metric)));
      log.warn(
        { tenants: pending.size, examples: [...pending.keys()].slice(0, maxExamples), metrics: [...metrics] },
        "these metrics and lists of words count since their definition only: `spanledger rebuild` counts what came before",
      );
    }
    if (definitions !== null) return definitions;
    const held = await loadAnyDefinitions(client, tenantIds);
    if (held !== null) {
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
