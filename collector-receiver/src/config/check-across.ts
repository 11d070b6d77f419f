import { accessSync, constants, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { ConnectionStringError, readDatabaseServers } from "./database-servers.ts";
import { variableNotes, type VariableName } from "./environment-schema.ts";
import { parseDuration } from "./parse-duration.ts";
import {
  findTokenProblem,
  parseTokenFile,
  parseTokens,
  type ParsedTokens,
  type TokenGrant,
  type TokenOptions,
} from "./parse-tokens.ts";
import { digestOfConfigured } from "./token-digest.ts";
import type { ReadEnvironment } from "./read-schema.ts";

/** @param remedy if not given, the variable's own note says what it expects */
export type Report = (variable: VariableName, problem: string, remedy?: string) => void;

type TokenVariable = "INGEST_TOKENS" | "READ_TOKENS";

/** Tokens as the receiver starts with them. */
export interface TokenList {
  readonly grants: readonly TokenGrant[];
  /** Where they were read, if from a file. */
  readonly file: { readonly path: string; readonly content: string } | undefined;
}

/** How each list is read; a gateway sends for several tenants, and a reader sees one. */
export const tokenOptions: Readonly<Record<TokenVariable, TokenOptions>> = {
  INGEST_TOKENS: { severalTenants: true },
  READ_TOKENS: { severalTenants: false },
};
const noTokens: ParsedTokens = { grants: [], problems: [] };

/** What checking has parsed on its way. */
export interface CheckedEnvironment {
  readonly loopback: boolean;
  readonly ingestTokens: TokenList;
  readonly readTokens: TokenList;
  readonly idleTimeoutSeconds: number;
}

const maxIdleTimeoutSeconds = 366 * 86_400;
const urlVariables = ["DATABASE_URL", "MIGRATION_DATABASE_URL", "READ_DATABASE_URL", "REDIS_URL"] as const;

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
  checkBasePath(given.BASE_PATH, report);
  const loopback = isLoopback(HOST);
  if (!loopback) requireTokens(given, HOST, report);
  const tokens = {
    ingestTokens: readTokens("INGEST_TOKENS", given, report),
    readTokens: readTokens("READ_TOKENS", given, report),
  };
  refuseShared({ ingest: tokens.ingestTokens, read: tokens.readTokens }, given.METRICS_TOKEN, report);
  return {
    loopback,
    idleTimeoutSeconds,
    ...tokens,
  };
}

/** First parts of the receiver's own paths: behind a proxy that strips it, such a base could not be told from them. */
const ownPaths = ["api", "docs", "live", "livez", "metrics", "readyz", "report", "shared", "v1", "version"];

function checkBasePath(basePath: string | undefined, report: Report): void {
  const first = basePath?.split("/")[1];
  if (first === undefined || !ownPaths.includes(first)) return;
  report("BASE_PATH", `begins with /${first}, which is a path of the receiver's own`);
}

/** What is wrong with a connection string of PostgreSQL or Redis; undefined: nothing. */
function findUrlProblem(url: string): string | undefined {
  const notAUrl = "is not a URL; special characters in its password are written %40 and so on";
  if (!url.startsWith("postgres")) return URL.canParse(url) ? undefined : notAUrl;
  try {
    // The host of a socket is an option, and its place is empty.
    const servers = readDatabaseServers(url).map((server) => server.url.replace("@/", "@socket/"));
    if (!servers.every((server) => URL.canParse(server))) return notAUrl;
    return servers.map((server) => findUnreadableFile(new URL(server).searchParams)).find((problem) => problem);
  } catch (error) {
    if (!(error instanceof ConnectionStringError)) throw error;
    return `cannot be used: ${error.message.replace(/\.$/, "")}`;
  }
}

/** Certificates and keys are read when a connection is made, by then without a word about the option that names them. */
function findUnreadableFile(options: URLSearchParams): string | undefined {
  for (const option of ["sslrootcert", "sslcert", "sslkey"]) {
    const file = options.get(option);
    if (file === null) continue;
    try {
      accessSync(file, constants.R_OK);
    } catch (error) {
      return `names ${option}=${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
  }
  return undefined;
}

function checkUrls(given: ReadEnvironment["given"], report: Report): void {
  for (const variable of urlVariables) {
    const url = given[variable];
    const problem = url === undefined ? undefined : findUrlProblem(url);
    if (problem !== undefined) report(variable, problem);
  }
  if (given.MIGRATION_DATABASE_URL !== undefined && given.DATABASE_URL === undefined) {
    const problem = "is set without DATABASE_URL, so that events would go to the embedded PostgreSQL";
    report("MIGRATION_DATABASE_URL", problem, "Set DATABASE_URL as well");
  }
  if (given.READ_DATABASE_URL !== undefined && given.DATABASE_URL === undefined) {
    const problem =
      "is set without DATABASE_URL, so that pages would read another database than the one that events go to";
    report("READ_DATABASE_URL", problem, "Set DATABASE_URL as well");
  }
}

function requireTokens(given: ReadEnvironment["given"], host: string, report: Report): void {
  for (const variable of ["INGEST_TOKENS", "READ_TOKENS"] as const) {
    if (given[variable] !== undefined || given[`${variable}_FILE`] !== undefined) continue;
    const problem = `is not set, and HOST=${JSON.stringify(host)} lets other machines reach the receiver`;
    const { expected } = variableNotes(variable);
    report(
      variable,
      problem,
      `Set it to ${expected} (make one with \`openssl rand -hex 24\`), or set HOST to 127.0.0.1`,
    );
  }
}

/** Reads a list of tokens from its variable or from the file that its `_FILE` variable names. */
function readTokens(variable: TokenVariable, given: ReadEnvironment["given"], report: Report): TokenList {
  const file = given[`${variable}_FILE`];
  const text = given[variable];
  if (file === undefined) {
    const { grants, problems } = text === undefined ? noTokens : parseTokens(text, tokenOptions[variable]);
    for (const problem of problems) report(variable, problem);
    return { grants, file: undefined };
  }
  if (text !== undefined) {
    report(`${variable}_FILE`, `is set beside ${variable}`, "Set one of the two");
    return { grants: [], file: undefined };
  }
  try {
    const content = readFileSync(file, "utf8");
    const { grants, problems } = parseTokenFile(content, tokenOptions[variable]);
    for (const problem of problems) report(`${variable}_FILE`, problem);
    return { grants, file: { path: file, content } };
  } catch (error) {
    report(`${variable}_FILE`, `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
    return { grants: [], file: undefined };
  }
}

/** A token that opens two doors is one leak for both. */
function refuseShared(
  { ingest, read }: Record<"ingest" | "read", TokenList>,
  metricsToken: string | undefined,
  report: Report,
): void {
  const senders = new Set(ingest.grants.map(digestIn));
  const readers = new Set(read.grants.map(digestIn));
  if ([...readers].some((digest) => senders.has(digest))) {
    report("READ_TOKENS", "has a token that INGEST_TOKENS has too", "Make another one with `openssl rand -hex 24`");
  }
  if (metricsToken === undefined) return;
  const weakness = findTokenProblem(metricsToken);
  if (weakness !== undefined) report("METRICS_TOKEN", weakness, "Make one with `openssl rand -hex 24`");
  const digest = digestIn({ token: metricsToken });
  if (senders.has(digest) || readers.has(digest)) {
    report(
      "METRICS_TOKEN",
      "is a token of INGEST_TOKENS or READ_TOKENS too",
      "Make another one with `openssl rand -hex 24`",
    );
  }
}

function digestIn({ token }: { readonly token: string }): string {
  return digestOfConfigured(token).toString("hex");
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
