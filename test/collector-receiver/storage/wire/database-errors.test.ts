import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { InvariantError } from "../../../../collector-receiver/src/invariant-error.ts";
import { classifyDatabaseError } from "../../../../collector-receiver/src/storage/wire/database-errors.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";

const withCode = (code: string, more: object = {}) => Object.assign(new Error("as it came"), { code, ...more });

test.each<[what: string, error: unknown, kind: string]>([
  ["a plain error", new Error("something else"), "fault"],
  ["an invariant", new InvariantError("cannot be"), "fault"],
  ["a TypeError that has pg's words", new TypeError("Connection terminated"), "fault"],
  ["a thrown text", "Connection terminated", "fault"],
  ["nothing", undefined, "fault"],
  ["an unknown code", withCode("ERR_INVALID_ARG_TYPE"), "fault"],
  ["a missing file", withCode("ENOENT", { syscall: "open" }), "fault"],
  ["a missing Unix socket", withCode("ENOENT", { syscall: "connect" }), "unavailable"],
  ["EPIPE, which looks like an SQLSTATE", withCode("EPIPE"), "unavailable"],
  ["a failed look-up of the host", withCode("EAI_AGAIN"), "unavailable"],
  [
    "both addresses of localhost refused",
    Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }),
    "unavailable",
  ],
  ["pg: query timeout", new Error("Query read timeout"), "unavailable"],
  ["pg-pool: no free connection", new Error("timeout exceeded when trying to connect"), "unavailable"],
  ["pg: not queryable", new Error("Client has encountered a connection error and is not queryable"), "unavailable"],
  ["pg: no password", new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"), "login_refused"],
  ["an expired certificate", withCode("CERT_HAS_EXPIRED"), "login_refused"],
  ["disk full", withCode("53100"), "unavailable"],
  ["shutdown", withCode("57P01"), "unavailable"],
  ["a standby after a failover", withCode("25006"), "unavailable"],
  ["an unknown outcome", withCode("40003"), "unavailable"],
  ["a deadlock", withCode("40P01"), "retry_transaction"],
  ["a duplicate", withCode("23505"), "duplicate"],
  ["a number out of range", withCode("22003"), "data"],
  ["no permission", withCode("42501"), "refused"],
  ["an SQLSTATE nobody knows", withCode("ZZ9ZZ"), "refused"],
])("%s is classified by what it is", (_what, error, kind) => {
  expect(classifyDatabaseError(error)).toBe(kind);
});

async function failureOf(options: pg.ClientConfig, sql?: string): Promise<unknown> {
  const client = new pg.Client({ connectionTimeoutMillis: 500, ...options });
  client.on("error", () => {});
  try {
    await client.connect();
    if (sql !== undefined) await client.query(sql);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    void client.end().catch(() => {});
  }
}

/** A server that is not PostgreSQL. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => onConnection(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

test("real failures of a real driver are on the lists", async () => {
  const { connectionString } = await useTestDatabase();
  const elsewhere = new URL(connectionString);
  elsewhere.pathname = "/no_such_database";
  const host = "127.0.0.1";
  const silent = await listen(() => {});
  const closing = await listen((socket) => socket.end());
  const resetting = await listen((socket) => socket.resetAndDestroy());
  const kinds = {
    refused: await failureOf({ host, port: 1 }),
    silent: await failureOf({ host, port: silent }),
    closing: await failureOf({ host, port: closing }),
    resetting: await failureOf({ host, port: resetting }),
    noSocket: await failureOf({ host: "/nonexistent", port: 5432 }),
    noHost: await failureOf({ host: "no-such-host.invalid", port: 5432 }),
    noDatabase: await failureOf({ connectionString: elsewhere.href }),
    noTls: await failureOf({ connectionString, ssl: { rejectUnauthorized: false } }),
    terminated: await failureOf({ connectionString }, "select pg_terminate_backend(pg_backend_pid())"),
    cancelled: await failureOf({ connectionString }, "set statement_timeout = 20; select pg_sleep(5)"),
    mistake: await failureOf({ connectionString }, "select no_such_column"),
  };
  expect(
    Object.fromEntries(Object.entries(kinds).map(([name, error]) => [name, classifyDatabaseError(error)])),
  ).toEqual({
    refused: "unavailable",
    silent: "unavailable",
    closing: "unavailable",
    resetting: "unavailable",
    noSocket: "unavailable",
    noHost: "unavailable",
    noDatabase: "login_refused",
    noTls: "login_refused",
    terminated: "unavailable",
    cancelled: "unavailable",
    mistake: "refused",
  });
});
