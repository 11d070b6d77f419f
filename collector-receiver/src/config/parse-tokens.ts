/** A secret and the tenants that whoever shows it may act for; a gateway's has several. */
export interface TokenGrant {
  readonly token: string;
  readonly tenantIds: readonly string[];
}

const tenantPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A pattern: the characters of an RFC 6750 bearer token; 16 of them are the least that is not guessed. */
export const bearerToken = "[A-Za-z0-9._~+/-]{16,512}=*";
const tokenPattern = new RegExp(`^${bearerToken}$`);

/**
 * Reads `tenant:token,brand-a|brand-b:token`. A tenant may stand in several entries.
 * @returns the grants, or what is wrong with each entry, by position and never with the token itself
 */
export function parseTokens(
  text: string,
  options: { readonly severalTenants: boolean },
): { readonly grants: TokenGrant[]; readonly problems: string[] } {
  const grants: TokenGrant[] = [];
  const problems: string[] = [];
  const seen = new Map<string, number>();
  for (const [index, entry] of text.split(",").entries()) {
    const position = index + 1;
    const colon = entry.indexOf(":");
    const tenants = entry.slice(0, Math.max(colon, 0)).trim();
    const token = entry.slice(colon + 1).trim();
    if (colon < 1) {
      problems.push(`entry ${position} has no tenant before a colon`);
      continue;
    }
    const tenantIds = tenants.split("|").map((tenant) => tenant.trim());
    const badTenant = tenantIds.find((tenant) => !tenantPattern.test(tenant));
    if (badTenant !== undefined) {
      // Only the length: in an entry written the wrong way round this is the token.
      problems.push(
        `entry ${position} names a tenant that is not 1 to 64 letters, digits, dots, dashes or underscores (it has ${badTenant.length} characters)`,
      );
    }
    if (new Set(tenantIds).size !== tenantIds.length) problems.push(`entry ${position} names a tenant twice`);
    if (!options.severalTenants && tenantIds.length > 1) {
      problems.push(`entry ${position} names ${tenantIds.length} tenants, and a token for reading belongs to one`);
    }
    if (!tokenPattern.test(token)) {
      problems.push(
        `entry ${position} has a token of ${token.length} characters that is too short, too long or has other characters`,
      );
    }
    const earlier = seen.get(token);
    if (earlier !== undefined) problems.push(`entries ${earlier} and ${position} have the same token`);
    seen.set(token, position);
    grants.push({ token, tenantIds });
  }
  return { grants: problems.length === 0 ? grants : [], problems };
}

/** @returns one name for the tenants of a token; two tokens for the same tenants have the same owner */
export function nameOwner(tenantIds: readonly string[]): string {
  return tenantIds.toSorted().join("|");
}
