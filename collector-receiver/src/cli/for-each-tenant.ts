import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";

/** A tenant that this version may not count. */
export interface RefusedTenant {
  readonly tenantId: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Does the work for each tenant in turn. A tenant that is counted by other rules than this version's holds up no other: it is
 * named on stderr and in what is returned.
 */
export async function forEachTenant<Result>(
  tenantIds: readonly string[],
  work: (tenantId: string) => Promise<Result>,
): Promise<{ readonly done: Result[]; readonly refused: RefusedTenant[] }> {
  const done: Result[] = [];
  const refused: RefusedTenant[] = [];
  for (const tenantId of tenantIds) {
    try {
      done.push(await work(tenantId));
    } catch (error) {
      if (!(error instanceof CountingRulesError)) throw error;
      const { code, message } = error;
      process.stderr.write(`spanledger: ${message} [${code}]\n`);
      refused.push({ tenantId, code, message });
    }
  }
  return { done, refused };
}
