import { rebuildTenant } from "../recount/rebuild-tenant.ts";
import type { Rebuild } from "../recount/rebuild-tenant.ts";
import { estimateEvents } from "./count-events.ts";
import { showProgress } from "./show-progress.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { print } from "./print.ts";

/** `spanledger rebuild`: makes every counter equal its rows. */
export function runRebuild(options: { readonly tenant?: string; readonly json?: boolean }): Promise<number> {
  return withDatabase(async (connectionString) => {
    const estimate = await estimateEvents(connectionString);
    const rebuilds: Rebuild[] = [];
    for (const tenant of await listTenants(connectionString, options.tenant)) {
      const progress = showProgress(`rebuild ${tenant}`, estimate, "events");
      const rebuild = await rebuildTenant(connectionString, tenant, progress.update);
      progress.finish(rebuild.events);
      rebuilds.push(rebuild);
    }
    const text = rebuilds
      .map(
        ({ tenantId, events, sessions }) =>
          `${tenantId}: ${events.toLocaleString("en")} events counted again, ${sessions.toLocaleString("en")} sessions mended\n`,
      )
      .join("");
    print(options.json === true ? `${JSON.stringify({ tenants: rebuilds })}\n` : text);
    return 0;
  });
}
