import { DeadlineError } from "./deadline-error.ts";

/** What an error means for a batch. `fault`: the error isn't known, or is a bug of ours. */
export type DatabaseErrorKind =
  | "duplicate"
  | "data"
  | "missing_partition"
  | "retry_transaction"
  | "unavailable"
  | "login_refused"
  | "refused"
  | "fault";

/** SQLSTATE by code (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const kindOfState: ReadonlyMap<string, DatabaseErrorKind> = new Map<string, DatabaseErrorKind>([
  ["23505", "duplicate"], // unique_violation
  ["23514", "missing_partition"], // "no partition of relation … found for row"; the table has no check constraint
  ["23502", "data"], // not_null_violation
  ["40001", "retry_transaction"], // serialization_failure
  ["40P01", "retry_transaction"], // deadlock_detected
  ["55P03", "unavailable"], // lock_not_available
  ["25006", "unavailable"], // read_only_sql_transaction: connected to a standby, during a failover
  ["25P02", "unavailable"], // in_failed_sql_transaction
  ["25P03", "unavailable"], // idle_in_transaction_session_timeout: the server took us for gone
  ["3D000", "login_refused"], // invalid_catalog_name: the database does not exist
]);

/** SQLSTATE by class, the first two characters. Any other state is "refused". */
const kindOfClass: ReadonlyMap<string, DatabaseErrorKind> = new Map<string, DatabaseErrorKind>([
  ["08", "unavailable"], // connection exception
  ["40", "unavailable"], // transaction rollback
  ["53", "unavailable"], // too many connections, disk full, out of memory
  ["57", "unavailable"], // shutdown, cancelled, not started yet
  ["58", "unavailable"], // I/O error
  ["22", "data"], // data exception
  ["54", "data"], // program limit: an index row or field is too large
  ["28", "login_refused"], // invalid authorization
]);

/** Codes of Node's sockets and streams that mean a lost or missing connection. */
const socketCodes: ReadonlySet<string> = new Set([
  "EADDRNOTAVAIL",
  "EAI_AGAIN",
  "EAI_FAIL",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EMFILE",
  "ENETDOWN",
  "ENETRESET",
  "ENETUNREACH",
  "ENFILE",
  "ENOBUFS",
  "ENOTCONN",
  "ENOTFOUND",
  "EPIPE",
  "EPROTO",
  "ETIMEDOUT",
  "ERR_SOCKET_CLOSED",
  "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_WRITE_AFTER_END",
]);

/** What a file may fail with too: a connection only if a Unix socket was to be opened. */
const unixSocketCodes: ReadonlySet<string> = new Set(["ENOENT", "EACCES", "EAGAIN"]);

/** Node's codes of X.509 (https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes), and its own for a wrong name. */
const certificateCodes: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CRL_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CRL_LAST_UPDATE_FIELD",
  "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** True if the server's certificate is not one that we were told to trust. */
export function isCertificateError(error: unknown): boolean {
  return certificateCodes.has(String((error as NodeJS.ErrnoException | null)?.code));
}

/** What `pg` 8.23 and `pg-pool` 3 say without a code (their lib/client.js, lib/connection.js, index.js). */
const kindOfMessage: ReadonlyMap<string, DatabaseErrorKind> = new Map<string, DatabaseErrorKind>([
  ["Connection terminated", "unavailable"],
  ["Connection terminated unexpectedly", "unavailable"],
  ["Connection terminated due to connection timeout", "unavailable"],
  ["Client has encountered a connection error and is not queryable", "unavailable"],
  ["Client was closed and is not queryable", "unavailable"],
  ["Query read timeout", "unavailable"],
  ["timeout expired", "unavailable"],
  ["timeout exceeded when trying to connect", "unavailable"],
  ["Cannot use a pool after calling end on the pool", "unavailable"],
  ["There was an error establishing an SSL connection", "unavailable"],
  ["The server does not support SSL connections", "login_refused"],
]);

/**
 * Classifies an error by what it is: closed lists of SQLSTATE, of Node's socket codes, and of the messages of `pg` that have
 * no code. What is on none of them is a fault of ours and not PostgreSQL's absence.
 * @param error anything that a connection or transaction ended with
 */
export function classifyDatabaseError(error: unknown): DatabaseErrorKind {
  if (!(error instanceof Error)) return "fault";
  if (error instanceof DeadlineError) return "unavailable";
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (typeof code === "string") {
    if (socketCodes.has(code) || (unixSocketCodes.has(code) && syscall === "connect")) return "unavailable";
    if (code.startsWith("ERR_SSL_")) return "unavailable";
    if (certificateCodes.has(code)) return "login_refused";
    const state = sqlStateOf(error);
    return state === undefined ? "fault" : (kindOfState.get(state) ?? kindOfClass.get(state.slice(0, 2)) ?? "refused");
  }
  if (isProgramError(error)) return "fault";
  if (error.message.startsWith("SASL: ")) return "login_refused";
  return kindOfMessage.get(error.message) ?? "fault";
}

function isProgramError(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

/** The five characters of SQLSTATE, or undefined if the error didn't come from PostgreSQL. Each holds a digit: EPIPE doesn't. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
