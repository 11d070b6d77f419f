import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { findPostgres, olderPostgresMajors } from "../../deploy/setup/obtain-postgres.ts";
import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { migrateDatabase } from "../../collector-receiver/src/storage/schema/migrate-database.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Maintenance database of the PostgreSQL server of this run. */
    postgresUrl: string;
    /** Migrated database that every test clones. */
    templateDatabase: string;
  }
}

/**
 * Vitest global setup: one PostgreSQL server for the whole run and one migrated database that the tests
 * clone (a clone takes some 40 ms, migrating takes ten times that). `DATABASE_URL_TEST` names an outside
 * server instead; its role has to be allowed to create databases. A project that is named after a major has that one.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const major = olderPostgresMajors.find((each) => project.name === `PostgreSQL ${each}`);
  const outside = major === undefined ? process.env["DATABASE_URL_TEST"] : undefined;
  const folder = outside === undefined ? await mkdtemp(join(tmpdir(), "spanledger-test-")) : undefined;
  const server =
    folder === undefined
      ? undefined
      : await startEmbeddedPostgres({
          dataFolder: folder,
          database: "postgres",
          durable: false,
          binaries: major === undefined ? undefined : await findPostgres(major),
          settings: ["max_connections=400"],
        });
  const postgresUrl = server?.connectionString ?? outside ?? "";
  const templateDatabase = `spanledger_template_${process.pid}_${Date.now().toString(36)}`;
  await runOnServer(postgresUrl, `create database ${templateDatabase} template template0 encoding 'UTF8'`);
  const templateUrl = new URL(postgresUrl);
  templateUrl.pathname = `/${templateDatabase}`;
  await migrateDatabase(templateUrl.href);
  project.provide("postgresUrl", postgresUrl);
  project.provide("templateDatabase", templateDatabase);

  return async () => {
    if (server === undefined)
      await runOnServer(postgresUrl, `drop database if exists ${templateDatabase} with (force)`);
    else await server.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
}

async function runOnServer(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
