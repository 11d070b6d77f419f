import { countingRules } from "../metrics/counting-rules.ts";
import { switchRules } from "../recount/switch-rules.ts";
import { rebuildTenant } from "../recount/rebuild-tenant.ts";
import type { Rebuild } from "../recount/rebuild-tenant.ts";
import { estimateEvents } from "../storage/events/estimate-events.ts";
import { forEachTenant } from "./for-each-tenant.ts";
import { sayWaiting, showProgress } from "./show-progress.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { print } from "./print.ts";

/**
 * `spanledger rebuild`: makes every counter equal its rows, by this version's counting rules. Exit code 1 if a tenant cannot be
 * counted here.
 */
export function runRebuild(options: { readonly tenant?: string; readonly json?: boolean }): Promise<number> {
  return withDatabase(async (connectionString) => {
    const estimate = await estimateEvents(connectionString);
    const tenants = await listTenants(connectionString, options.tenant);
    const { done: rebuilds, refused } = await forEachTenant(tenants, async (tenant): Promise<Rebuild | Switch> => {
      const progress = showProgress(`rebuild ${tenant}`, estimate, "events");
      const switched = await switchRules(connectionString, tenant, progress.update);
      if (switched !== null) {
        progress.finish(switched);
        return { tenantId: tenant, events: switched, countingRules };
      }
      const rebuild = await rebuildTenant(connectionString, tenant, progress.update, () => sayWaiting(tenant));
      progress.finish(rebuild.events);
      return rebuild;
    });
    const text = rebuilds.map(describe).join("");
    print(options.json === true ? `${JSON.stringify({ tenants: rebuilds, refused })}\n` : text);
    return refused.length === 0 ? 0 : 1;
  });
}

/** A rebuild that moved the tenant to other rules replaced everything. */
interface Switch extends Pick<Rebuild, "tenantId" | "events"> {
  readonly countingRules: number;
}

function describe(done: Rebuild | Switch): string {
  const became =
    "countingRules" in done
      ? `now by counting rules ${done.countingRules}`
      : `${done.sessions.toLocaleString("en")} sessions mended`;
  return `${done.tenantId}: ${done.events.toLocaleString("en")} events counted again, ${became}\n`;
}
