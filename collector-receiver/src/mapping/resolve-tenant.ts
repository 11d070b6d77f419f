import type { EventProblem } from "./describe-event-problem.ts";
import { describeText } from "./describe-value.ts";
import { UnknownTenantError, type TenantRule } from "./mapping-context.ts";
import type { ResourceReading } from "./read-resource.ts";

/** As tenants are written in INGEST_TOKENS and in routes. */
const tenantPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The tenant of a resource's events, and why they are rejected under it, if they are. */
export interface ResolvedTenant {
  readonly tenantId: string;
  readonly problem: EventProblem | null;
}

/** @throws UnknownTenantError if a gateway names a tenant that its token does not cover */
export function resolveTenant(rule: TenantRule, { tenant }: ResourceReading): ResolvedTenant {
  if (rule.kind === "fixed") return { tenantId: rule.tenantId, problem: null };
  if (rule.kind === "gateway") {
    if (tenant !== null && rule.tenantIds.has(tenant)) return { tenantId: tenant, problem: null };
    throw new UnknownTenantError(
      tenant === null
        ? "The resource names no tenant: a gateway has to set `spanledger.tenant`"
        : `The tenant ${describeText(tenant)} is not one of this token's`,
    );
  }
  const tenantId = tenant ?? rule.defaultTenantId;
  if (tenantPattern.test(tenantId)) return { tenantId, problem: null };
  return {
    tenantId: rule.defaultTenantId,
    problem: { code: "invalid_tenant", text: `\`spanledger.tenant\` is ${describeText(tenantId)}` },
  };
}
