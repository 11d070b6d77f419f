import { timingSafeEqual } from "node:crypto";
import { digestOf, digestOfConfigured } from "../config/token-digest.ts";
import type { TenantRule } from "../mapping/mapping-context.ts";

/** A secret and the tenants that whoever shows it may write for; a gateway's has several. */
export interface IngestGrant {
  readonly token: string;
  readonly tenantIds: readonly string[];
}

/** From the `Authorization` header to who decides the tenant; null: the sender is not let in. */
export type TenantResolver = (authorization: string | undefined) => TenantRule | null;

/**
 * @param grants none: nobody has to show a token, and `spanledger.tenant` is believed (the
 * configuration allows that on loopback only)
 */
export function createTenantResolver(grants: readonly IngestGrant[], defaultTenantId = "default"): TenantResolver {
  if (grants.length === 0) {
    const believed: TenantRule = { kind: "believed", defaultTenantId };
    return () => believed;
  }
  const rules = grants.map(({ token, tenantIds }) => ({ digest: digestOfConfigured(token), rule: ruleFor(tenantIds) }));
  return (authorization) => {
    const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return null;
    const digest = digestOf(token);
    let found: TenantRule | null = null;
    // All are compared, each in constant time over equal lengths: the time tells nothing.
    for (const { digest: known, rule } of rules) if (timingSafeEqual(known, digest)) found = rule;
    return found;
  };
}

/** Whose memory a sender's bodies take: the tenant's, or that of all that a gateway may send for. */
export function budgetOwner(rule: TenantRule): string {
  if (rule.kind === "fixed") return rule.tenantId;
  if (rule.kind === "believed") return rule.defaultTenantId;
  return [...rule.tenantIds].toSorted().join("|");
}

function ruleFor(tenantIds: readonly string[]): TenantRule {
  const [only] = tenantIds;
  return tenantIds.length === 1 && only !== undefined
    ? { kind: "fixed", tenantId: only }
    : { kind: "gateway", tenantIds: new Set(tenantIds) };
}
