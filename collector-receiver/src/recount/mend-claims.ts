import type { TenantRules } from "../metrics/session-contribution.ts";
import { checkClaims, fittingClaims, removeClaimsWithoutRow } from "../storage/recount/check-claims.ts";
import { claimStoredIds, hasUnclaimedOffTimeIds } from "../storage/recount/claim-stored-ids.ts";
import { setOffTimeIds } from "../storage/settings/off-time-tenants.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/** Runs a step while the tenant is locked, as a batch holds it (`shared`) or so that no batch goes on (`alone`). */
type Locked = (lock: "shared" | "alone", step: () => Promise<unknown>) => Promise<unknown>;

/** Makes claims and rows fit, while ingest goes on. */
export async function mendClaims(writer: WriterConnection, rules: TenantRules): Promise<void> {
  const { tenantId } = rules;
  await mend(writer, rules, (lock, step) =>
    inTransaction(writer, { lock: lock === "alone" ? { alone: tenantId } : { shared: tenantId } }, step),
  );
}

/** The same in the open transaction, which has the tenant alone. */
export async function mendClaimsAlone(writer: WriterConnection, rules: TenantRules): Promise<void> {
  await mend(writer, rules, (_, step) => step());
}

async function mend(
  writer: WriterConnection,
  { tenantId, retainedFromMs }: TenantRules,
  locked: Locked,
): Promise<void> {
  const checks = await checkClaims(writer, [tenantId], 0);
  const { withoutRow, unclaimed } = checks.get(tenantId) ?? fittingClaims;
  if (withoutRow > 0) await locked("shared", () => removeClaimsWithoutRow(writer, tenantId));
  if (unclaimed === 0) return;
  if (await hasUnclaimedOffTimeIds(writer, tenantId, retainedFromMs)) {
    await locked("alone", () => setOffTimeIds(writer, tenantId));
  }
  for await (const claimDay of claimStoredIds(writer, tenantId, retainedFromMs)) await locked("shared", claimDay);
}
