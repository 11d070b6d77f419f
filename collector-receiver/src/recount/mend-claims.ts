import type { TenantRules } from "../metrics/session-contribution.ts";
import { checkClaims, fittingClaims, removeClaimsWithoutRow } from "../storage/recount/check-claims.ts";
import { claimStoredIds, hasUnclaimedOffTimeIds } from "../storage/recount/claim-stored-ids.ts";
import { noteOffTimeIds } from "../storage/settings/off-time-tenants.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/** Makes claims and rows fit, while ingest goes on. */
export async function mendClaims(writer: WriterConnection, { tenantId, retainedFromMs }: TenantRules): Promise<void> {
  const isolation = "repeatable read read only";
  const checks = await inTransaction(writer, { isolation }, () => checkClaims(writer, [tenantId], 0));
  const { withoutRow, unclaimed } = checks.get(tenantId) ?? fittingClaims;
  if (withoutRow > 0) {
    await inTransaction(writer, { lock: { shared: tenantId } }, () => removeClaimsWithoutRow(writer, tenantId));
  }
  if (unclaimed === 0) return;
  if (await hasUnclaimedOffTimeIds(writer, tenantId, retainedFromMs)) await noteOffTimeIds(writer, tenantId);
  await claimStoredIds(writer, tenantId, retainedFromMs);
}
