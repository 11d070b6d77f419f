import { inspect } from "node:util";
import { DefinitionsError } from "../catalogue/definitions-error.ts";
import { ConfigError } from "../config/config-error.ts";
import { EmbeddedPostgresError } from "../embedded/embedded-postgres-error.ts";
import { NoPostgresBinariesError } from "../embedded/postgres-binaries.ts";
import { CannotRunUnprivilegedError } from "../embedded/run-unprivileged.ts";
import { WorkingHoursError } from "../metrics/working-hours.ts";
import { RequestError } from "../stats/request-error.ts";
import { MigrationError } from "../storage/schema/migrate-database.ts";
import { classifyDatabaseError, sqlStateOf } from "../storage/wire/database-errors.ts";
import { SettingsChangeError } from "../upkeep/change-settings.ts";
import { CommandError } from "./command-error.ts";

/** Errors of ours whose message says what is wrong and what to do. */
const explained = [
  CommandError,
  ConfigError,
  DefinitionsError,
  SettingsChangeError,
  WorkingHoursError,
  RequestError,
  MigrationError,
  EmbeddedPostgresError,
  NoPostgresBinariesError,
  CannotRunUnprivilegedError,
] as const;

/** SQLSTATEs that a person can mend, with what to do (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const remedies: ReadonlyMap<string, readonly [code: string, remedy: string]> = new Map([
  ["28P01", ["password_refused", "Check user and password in DATABASE_URL."]],
  ["28000", ["login_refused", "Check the user in DATABASE_URL, and pg_hba.conf on the server."]],
  ["3D000", ["database_missing", "Create the database, or correct its name in DATABASE_URL."]],
  ["42501", ["permission_denied", "Run the command with the role that owns the schema, or grant the right."]],
  ["42P01", ["schema_older", "The schema is older than this version: run `spanledger migrate`."]],
  ["42703", ["schema_older", "The schema is older than this version: run `spanledger migrate`."]],
  ["42883", ["schema_older", "The schema is older than this version: run `spanledger migrate`."]],
  ["25006", ["database_read_only", "The server takes no writes: connect to the primary."]],
]);

/**
 * Says why a command failed. Errors are known by what they are: our classes, PostgreSQL's states and Node's socket codes
 * on closed lists. Anything else is a bug of ours and is shown with its stack.
 * @param databaseUrl where the command looked; its password is never shown
 */
export function describeCommandFailure(error: unknown, databaseUrl: string | undefined): string {
  if (explained.some((known) => error instanceof known)) {
    const { message, code } = error as Error & { readonly code: string };
    return `spanledger: ${message} [${code}]\n`;
  }
  const state = sqlStateOf(error);
  const known = state === undefined ? undefined : remedies.get(state);
  if (known !== undefined) {
    const [code, remedy] = known;
    return `spanledger: PostgreSQL${at(databaseUrl)} refused the command (${reasonOf(error)}). ${remedy} [${code}]\n`;
  }
  const kind = classifyDatabaseError(error);
  if (kind === "unavailable" || kind === "login_refused") {
    const remedy = "Check DATABASE_URL, or that the server is running.";
    return `spanledger: cannot reach PostgreSQL${at(databaseUrl)} (${reasonOf(error)}). ${remedy} [database_unreachable]\n`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : inspect(error);
  return `spanledger: the command failed for a reason that it does not know, which is a bug. Please report it. [unexpected]\n${stack}\n`;
}

function at(databaseUrl: string | undefined): string {
  if (databaseUrl === undefined || !URL.canParse(databaseUrl)) return "";
  const { host } = new URL(databaseUrl);
  return host === "" ? "" : ` at ${host}`;
}

/** Two addresses that both fail give an error without a message. */
function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === "" ? String(code) : message;
}
