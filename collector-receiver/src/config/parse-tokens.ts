import { digestOfConfigured, isHashed } from "./token-digest.ts";
import { findWeakness } from "./weak-token.ts";

/** A secret and the tenants that whoever shows it may act for; a gateway's has several. */
export interface TokenGrant {
  /** The token, or `sha256:` and its hash in hex. */
  readonly token: string;
  readonly tenantIds: readonly string[];
}

export interface TokenOptions {
  /** False for reading: a token then belongs to one tenant. */
  readonly severalTenants: boolean;
}

/** The grants; or the problems of each entry, by position and never with the token itself. */
export interface ParsedTokens {
  readonly grants: TokenGrant[];
  readonly problems: string[];
}

const tenantPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** The characters of an RFC 6750 bearer token; with fewer than 16 it can be guessed. */
const tokenPattern = /^[A-Za-z0-9._~+/-]{16,512}=*$/;

/**
 * Reads a file of tokens: entries as `parseTokens` takes them, one a line or separated by commas; a line that begins with
 * `#` is a comment.
 */
export function parseTokenFile(text: string, options: TokenOptions): ParsedTokens {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  if (lines.length === 0) return { grants: [], problems: ["the file has no entry"] };
  return parseTokens(lines.map((line) => line.trim().replace(/,$/, "")).join(","), options);
}

/** Reads `tenant:token,brand-a|brand-b:sha256:hash`. A tenant may stand in several entries. */
export function parseTokens(text: string, options: TokenOptions): ParsedTokens {
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
    const tokenProblem = isHashed(token) ? undefined : findTokenProblem(token);
    if (tokenProblem !== undefined)
      problems.push(`entry ${position} has a token of ${token.length} characters that ${tokenProblem}`);
    const digest = digestOfConfigured(token).toString("hex");
    const earlier = seen.get(digest);
    if (earlier !== undefined) problems.push(`entries ${earlier} and ${position} have the same token`);
    seen.set(digest, position);
    grants.push({ token, tenantIds });
  }
  return { grants: problems.length === 0 ? grants : [], problems };
}

/** @returns the problem of a token in plain text, without the token itself; undefined if there is none */
export function findTokenProblem(token: string): string | undefined {
  return tokenPattern.test(token) ? findWeakness(token) : "is too short, too long or has other characters";
}
