import { isIP } from "node:net";
import { variableNotes, type VariableName } from "./environment-schema.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseTokens, type TokenGrant } from "./parse-tokens.ts";
import type { ReadEnvironment } from "./read-schema.ts";

/** @param remedy if not given, the variable's own note says what it expects */
export type Report = (variable: VariableName, problem: string, remedy?: string) => void;

/** What checking has parsed on its way. */
export interface CheckedEnvironment {
  readonly loopback: boolean;
  readonly ingestTokens: readonly TokenGrant[];
  readonly readTokens: readonly TokenGrant[];
  readonly idleTimeoutSeconds: number;
}

const maxIdleTimeoutSeconds = 366 * 86_400;
const urlVariables = ["DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"] as const;

/** Checks what a schema cannot: values that this machine has to know, and variables that depend on each other. */
export function checkAcross({ given, texts }: ReadEnvironment, report: Report): CheckedEnvironment {
  const { BUSINESS_TIMEZONE = "", CURRENCY = "", HOST = "", SESSION_IDLE_TIMEOUT = "" } = texts;
  if (!isTimezone(BUSINESS_TIMEZONE)) report("BUSINESS_TIMEZONE", "is not a time zone that this machine knows");
  if (!Intl.supportedValuesOf("currency").includes(CURRENCY)) report("CURRENCY", "is not a currency code");
  const idleTimeoutSeconds = parseDuration(SESSION_IDLE_TIMEOUT) ?? 0;
  if (idleTimeoutSeconds < 60 || idleTimeoutSeconds > maxIdleTimeoutSeconds) {
    report("SESSION_IDLE_TIMEOUT", "is not a duration from one minute to 366 days");
  }
  checkUrls(given, report);
  const loopback = isLoopback(HOST);
  if (!loopback) requireTokens(given, HOST, report);
  return {
    loopback,
    idleTimeoutSeconds,
    ingestTokens: readTokens("INGEST_TOKENS", given, { severalTenants: true }, report),
    readTokens: readTokens("READ_TOKENS", given, { severalTenants: false }, report),
  };
}

function checkUrls(given: ReadEnvironment["given"], report: Report): void {
  for (const variable of urlVariables) {
    const url = given[variable];
    if (url !== undefined && !URL.canParse(url))
      report(variable, "is not a URL; special characters in its password are written %40 and so on");
  }
  if (given.MIGRATION_DATABASE_URL !== undefined && given.DATABASE_URL === undefined) {
    const problem = "is set without DATABASE_URL, so that events would go to the embedded PostgreSQL";
    report("MIGRATION_DATABASE_URL", problem, "Set DATABASE_URL as well");
  }
}

function requireTokens(given: ReadEnvironment["given"], host: string, report: Report): void {
  for (const variable of ["INGEST_TOKENS", "READ_TOKENS"] as const) {
    if (given[variable] !== undefined) continue;
    const problem = `is not set, and HOST=${JSON.stringify(host)} lets other machines reach the receiver`;
    const { expected } = variableNotes(variable);
    report(
      variable,
      problem,
      `Set it to ${expected} (make one with \`openssl rand -hex 24\`), or set HOST to 127.0.0.1`,
    );
  }
}

function readTokens(
  variable: "INGEST_TOKENS" | "READ_TOKENS",
  given: ReadEnvironment["given"],
  options: { readonly severalTenants: boolean },
  report: Report,
): TokenGrant[] {
  const text = given[variable];
  if (text === undefined) return [];
  const { grants, problems } = parseTokens(text, options);
  for (const problem of problems) report(variable, problem);
  return grants;
}

/** Whether nobody but this machine can connect to a server that listens there. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (address === "localhost" || address === "::1") return true;
  return isIP(address) === 4 && address.startsWith("127.");
}

function isTimezone(name: string): boolean {
  // Intl takes offsets such as +08:00 too; PostgreSQL reads their sign the other way round.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
