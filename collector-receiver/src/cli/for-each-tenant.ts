import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";

/** A tenant that this version may not count. */
export interface RefusedTenant {
  readonly tenantId: string;
  readonly code: string;
  readonly message: string;
}

/** What became of the tenants of a command. */
export interface TenantResults<Result> {
  readonly done: Result[];
  readonly refused: RefusedTenant[];
}

/**
 * Does the work for each tenant in turn. A tenant that is counted by other rules than this version's holds up no other: it is
 * named on stderr and in what is returned.
 */
export function forEachTenant<Result>(
  tenantIds: readonly string[],
  work: (tenantId: string) => Promise<Result>,
): Promise<TenantResults<Result>> {
  const groups = tenantIds.map((tenantId) => [tenantId]);
  return forEachGroup(groups, async ([tenantId = ""]) => [await work(tenantId)]);
}

/**
 * Does the work for each group of tenants in turn.
 * @param work throws CountingRulesError, with nothing done, if the group has tenants that are counted by other rules; it is then
 *   called again without them
 */
export async function forEachGroup<Result>(
  groups: readonly (readonly string[])[],
  work: (tenantIds: readonly string[]) => Promise<readonly Result[]>,
): Promise<TenantResults<Result>> {
  const done: Result[] = [];
  const refused: RefusedTenant[] = [];
  for (let left of groups) {
    while (left.length > 0) {
      try {
        done.push(...(await work(left)));
        break;
      } catch (error) {
        if (!(error instanceof CountingRulesError)) throw error;
        const { code, message, tenantIds } = error;
        process.stderr.write(`spanledger: ${message} [${code}]\n`);
        for (const tenantId of tenantIds) refused.push({ tenantId, code, message });
        left = left.filter((tenantId) => !tenantIds.includes(tenantId));
      }
    }
  }
  return { done, refused };
}
