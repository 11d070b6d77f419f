import { DefinitionsError } from "./catalogue/definitions-error.ts";
import { CommandError } from "./cli/command-error.ts";
import { ConfigError } from "./config/config-error.ts";
import { EmbeddedPostgresError } from "./embedded/embedded-postgres-error.ts";
import { NoPostgresBinariesError } from "./embedded/postgres-binaries.ts";
import { CannotRunUnprivilegedError } from "./embedded/run-unprivileged.ts";
import { CommitError } from "./ingest/commit-batch.ts";
import { ImportError } from "./history/import-error.ts";
import { UnavailableError } from "./ingest/ingest-port.ts";
import { ListenError } from "./listen.ts";
import { WorkingHoursError } from "./metrics/working-hours.ts";
import { RequestError } from "./stats/request-error.ts";
import { ReceiverTooOldError } from "./storage/schema/known-migrations.ts";
import { MigrationError } from "./storage/schema/migrate-database.ts";
import { isMissingObject } from "./storage/schema/name-missing-migrations.ts";
import { CountingRulesError } from "./storage/settings/counting-rules-error.ts";
import { classifyDatabaseError, isCertificateError, sqlStateOf } from "./storage/wire/database-errors.ts";
import { ConnectionStringError } from "./config/database-servers.ts";
import { StandbyError } from "./storage/recount/open-snapshot-pair.ts";
import { SharedSessionError } from "./storage/wire/refuse-shared-session.ts";
import { nameServer } from "./storage/wire/name-server.ts";
import { isStatementMode } from "./storage/wire/statement-mode.ts";
import { SettingsChangeError } from "./upkeep/change-settings.ts";

/** Why something failed, for the person who can mend it. */
export interface Explanation {
  /** Stable, lower case with underscores. */
  readonly code: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** Errors of ours whose message says what is wrong and what to do. */
const explained = [
  CommandError,
  ConfigError,
  DefinitionsError,
  ListenError,
  SettingsChangeError,
  WorkingHoursError,
  ImportError,
  RequestError,
  MigrationError,
  ReceiverTooOldError,
  CountingRulesError,
  EmbeddedPostgresError,
  NoPostgresBinariesError,
  CannotRunUnprivilegedError,
  ConnectionStringError,
  StandbyError,
  SharedSessionError,
] as const;

/** SQLSTATEs that a person can mend, with what to do (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const remedies: ReadonlyMap<string, readonly [code: string, remedy: string]> = new Map([
  ["28P01", ["password_refused", "Check user and password in DATABASE_URL."]],
  ["28000", ["login_refused", "Check the user in DATABASE_URL, and pg_hba.conf on the server."]],
  ["3D000", ["database_missing", "Create the database, or correct its name in DATABASE_URL."]],
  ["42501", ["permission_denied", "Use the role that owns the schema, or grant the right."]],
  ["25006", ["database_read_only", "The server takes no writes: connect to the primary."]],
]);

/**
 * Explains why a command or a start failed. Errors are known by what they are: our classes, PostgreSQL's states and Node's
 * socket codes on closed lists.
 * @param databaseUrl the database that was used; its password is never shown
 * @returns undefined if the error is on no list, which makes it a bug of ours
 */
export function explainFailure(error: unknown, databaseUrl: string | undefined): Explanation | undefined {
  if (explained.some((known) => error instanceof known)) {
    const { message, code } = error as Error & { readonly code: string };
    return { code, message };
  }
  if (error instanceof CommitError) return explainFailure(error.cause, databaseUrl);
  if (error instanceof UnavailableError) {
    const { message, code, cause } = error;
    return explainFailure(cause, databaseUrl) ?? (code === "internal_fault" ? undefined : { code, message });
  }
  return explainDatabaseError(error, databaseUrl);
}

function explainDatabaseError(error: unknown, databaseUrl: string | undefined): Explanation | undefined {
  const name = nameServer(databaseUrl);
  const server = name === "" ? "PostgreSQL" : `PostgreSQL at ${name}`;
  if (isStatementMode(error)) {
    return {
      code: "pooler_in_statement_mode",
      message:
        `A pooler at ${name} is in statement mode, and a batch is a transaction of several statements. Set its pool_mode to ` +
        "session, or to transaction with PgBouncer 1.22.1 or newer and max_prepared_statements of at least 200.",
    };
  }
  const state = sqlStateOf(error);
  const known = state === undefined ? undefined : remedies.get(state);
  if (known !== undefined) {
    const [code, remedy] = known;
    return { code, message: `${server} answered with an error (${reasonOf(error)}). ${remedy}` };
  }
  if (isMissingObject(error)) {
    const cause = "All migrations are applied, so it was dropped or renamed by hand, or this is a bug of Spanledger";
    return {
      code: "schema_differs",
      message: `${server} lacks a part of the schema (${reasonOf(error)}). ${cause}. Restore it, or report the bug.`,
    };
  }
  const kind = classifyDatabaseError(error);
  if (kind !== "unavailable" && kind !== "login_refused") return undefined;
  if (isCertificateError(error)) {
    const remedy =
      "With sslmode=verify-full the certificate has to be valid, of an authority in sslrootcert, and made for this host's name: " +
      "renew it, or correct sslrootcert or the host in DATABASE_URL.";
    return {
      code: "certificate_refused",
      message: `${server} has a certificate that is not trusted (${reasonOf(error)}). ${remedy}`,
    };
  }
  const remedy = "Check DATABASE_URL, or that the server is running.";
  return { code: "database_unreachable", message: `cannot reach ${server} (${reasonOf(error)}). ${remedy}` };
}

/** If several addresses fail, Node's error has no message. */
function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === "" ? String(code) : message;
}
