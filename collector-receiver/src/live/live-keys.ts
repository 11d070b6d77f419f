/** Hashes live for 40 days after their last write. */
export const expiryMs = 40 * 86_400_000;

/**
 * Names of the plan's hashes of one business day. The default tenant has the plan's own names; another
 * tenant's stand in between: `analytics:brand-a:daily:2025-12-25`.
 */
export function liveKeysOf(tenantId: string, day: string): { readonly daily: string; readonly agentDaily: string } {
  const prefix = tenantId === "default" ? "analytics" : `analytics:${escapeTenant(tenantId)}`;
  return { daily: `${prefix}:daily:${day}`, agentDaily: `${prefix}:agent:daily:${day}` };
}

/** A tenant called `agent`, or with a colon in its name, must not meet the hashes of another tenant. */
function escapeTenant(tenantId: string): string {
  return tenantId === "agent" ? "%61gent" : tenantId.replaceAll(/[%:]/g, encodeURIComponent);
}
