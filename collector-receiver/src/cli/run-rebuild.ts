import { rebuildTenant } from "../recount/rebuild-tenant.ts";
import { estimateEvents } from "../storage/events/estimate-events.ts";
import { forEachTenant } from "./for-each-tenant.ts";
import { sayWaiting, showProgress } from "./show-progress.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { print } from "./print.ts";

/** `spanledger rebuild`: makes every counter equal its rows; exit code 1 if a tenant cannot be counted here. */
export function runRebuild(options: { readonly tenant?: string; readonly json?: boolean }): Promise<number> {
  return withDatabase(async (connectionString) => {
    const estimate = await estimateEvents(connectionString);
    const tenants = await listTenants(connectionString, options.tenant);
    const { done: rebuilds, refused } = await forEachTenant(tenants, async (tenant) => {
      const progress = showProgress(`rebuild ${tenant}`, estimate, "events");
      const rebuild = await rebuildTenant(connectionString, tenant, progress.update, () => sayWaiting(tenant));
      progress.finish(rebuild.events);
      return rebuild;
    });
    const text = rebuilds
      .map(
        ({ tenantId, events, sessions }) =>
          `${tenantId}: ${events.toLocaleString("en")} events counted again, ${sessions.toLocaleString("en")} sessions mended\n`,
      )
      .join("");
    print(options.json === true ? `${JSON.stringify({ tenants: rebuilds, refused })}\n` : text);
    return refused.length === 0 ? 0 : 1;
  });
}
