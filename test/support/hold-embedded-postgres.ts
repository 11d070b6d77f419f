import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";

// A program for tests that end it: starts the server on the folder it is given, says where, and waits.
const { pid, connectionString } = await startEmbeddedPostgres({ dataFolder: process.argv[2] ?? "" });
process.stdout.write(`${JSON.stringify({ pid, connectionString })}\n`);
setInterval(() => {}, 60_000);
