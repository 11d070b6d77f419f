import { countingRules } from "../../metrics/counting-rules.ts";

/** Tenants that are named in one message. */
const maxNamed = 5;

/** Tenants whose counters came about by other rules than this version's. Nothing of them may be counted or changed here. */
export class CountingRulesError extends Error {
  override readonly name = "CountingRulesError";
  readonly code = "counting_rules_unknown";
  readonly tenantIds: readonly string[];
  /** @param rules the stored number by tenant */
  constructor(rules: ReadonlyMap<string, number>) {
    super(describe([...rules]));
    this.tenantIds = [...rules.keys()];
  }
}

function describe(rules: readonly (readonly [tenantId: string, rules: number])[]): string {
  const named = rules.slice(0, maxNamed).map(([tenantId, number]) => `"${tenantId}" by rules ${number}`);
  const more = rules.length > maxNamed ? ` and ${rules.length - maxNamed} more` : "";
  return (
    `This version counts by rules ${countingRules}, but these tenants are counted by others: ${named.join(", ")}${more}. ` +
    (rules.every(([, number]) => number < countingRules)
      ? "Run `spanledger rebuild`; a receiver of this version does it by itself unless AUTO_REBUILD=false."
      : "Use a version that counts by their rules; docs/upgrading.md says which.")
  );
}
