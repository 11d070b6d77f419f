import { attributeOfSegmentKey } from "../catalogue/custom-segments.ts";
import { listOfWordsKey } from "../catalogue/custom-words.ts";
import { openVerifier } from "../recount/verify-tenant.ts";
import type { Verification } from "../recount/verify-tenant.ts";
import type { PendingMetric } from "../storage/settings/store-custom-definitions.ts";
import { estimateEvents } from "../storage/events/estimate-events.ts";
import { forEachGroup } from "./for-each-tenant.ts";
import { showProgress } from "./show-progress.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { print } from "./print.ts";

/** `spanledger verify`: exit code 0 if every counter equals its rows, 1 if any drifts or a tenant cannot be counted here. */
export function runVerify(options: { readonly tenant?: string; readonly json?: boolean }): Promise<number> {
  return withDatabase(async (connectionString) => {
    const estimate = await estimateEvents(connectionString);
    const tenants = await listTenants(connectionString, options.tenant);
    const { done: verifications, refused } = await verifyAll(connectionString, tenants, estimate);
    const drifts = verifications.reduce((sum, verification) => sum + verification.drifts, 0);
    if (options.json === true) {
      print(`${JSON.stringify({ drifts, tenants: verifications, refused })}\n`);
    } else if (tenants.length === 0) print("No tenant has settings yet: nothing to verify.\n");
    else print(describe(verifications));
    return drifts === 0 && refused.length === 0 ? 0 : 1;
  });
}

/** @param estimate how many events there are, about */
async function verifyAll(connectionString: string, tenants: readonly string[], estimate: number) {
  const verifier = await openVerifier(connectionString);
  try {
    return await forEachGroup(await verifier.group(tenants), async (group) => {
      const label = group.length === 1 ? group[0] : `${group.length} tenants`;
      const progress = showProgress(`verify ${label}`, estimate, "events");
      const verifications = await verifier.verify(group, progress.update);
      progress.finish(verifications.reduce((sum, { events }) => sum + events, 0));
      return verifications;
    });
  } finally {
    await verifier.close();
  }
}

function describe(verifications: readonly Verification[]): string {
  return verifications
    .map(({ tenantId, events, drifts, firstDrifts, pendingMetrics, ids }) => {
      const head = `${tenantId}: ${events.toLocaleString("en")} events counted again, drift ${drifts}`;
      const lines = firstDrifts.map(
        ({ table, row, column, stored, expected }) =>
          `  ${table} ${row}: ${column} is ${stored ?? "missing"}, the rows give ${expected ?? "none"}`,
      );
      const more = drifts > firstDrifts.length ? [`  … and ${drifts - firstDrifts.length} more`] : [];
      const pending = pendingMetrics.map(describePending);
      const remedy = drifts > 0 || pending.length > 0 ? ["  `spanledger rebuild` fixes the counters."] : [];
      return `${[head, ...lines, ...more, ...pending, ...remedy, ...describeIds(ids)].join("\n")}\n`;
    })
    .join("");
}

function describeIds({ unclaimed, repeated }: Verification["ids"]): string[] {
  const lines: string[] = [];
  if (unclaimed > 0) {
    lines.push(
      `  ${unclaimed.toLocaleString("en")} events of a receiver before 0.3.0 would count twice if they were sent again with another time.`,
      "  Once no such receiver runs, `spanledger rebuild` protects them.",
    );
  }
  if (repeated > 0) {
    lines.push(
      `  ${repeated.toLocaleString("en")} events have the id of another event: receivers before 0.3.0 counted an id again if its time was another.`,
      "  They stay counted.",
    );
  }
  return lines;
}

function describePending({ metric, definedAtMs, removed }: PendingMetric): string {
  const at = new Date(definedAtMs).toISOString();
  const list = listOfWordsKey(metric);
  if (list !== undefined) {
    return `  Your words for ${list} mean something else since ${at}; what came before counts by the words of then.`;
  }
  const attribute = attributeOfSegmentKey(metric);
  if (attribute !== undefined) {
    return `  The declared values of ${attribute} are others since ${at}; what came before counts by the values of then.`;
  }
  return removed
    ? `  ${metric} is not defined any more since ${at}; what was counted of it still stands.`
    : `  ${metric} counts since ${at}; what came before is not counted yet.`;
}
