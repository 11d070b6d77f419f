import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describeSchema } from "../storage/schema/describe-schema.ts";
import { startEmbeddedPostgres } from "../embedded/embedded-postgres.ts";
import { migrateDatabase } from "../storage/schema/migrate-database.ts";
import { migrationsFolder } from "../package-root.ts";

/** What the migrations give, for people who read it and for the test that notices a change. */
export const schemaSnapshot = join(migrationsFolder, "schema.sql");

const head = `-- The schema that the migrations in this folder give. Written by \`npm run schema\`; never applied.

`;

/** The text of the snapshot for a migrated database. */
export async function renderSchemaSnapshot(client: Parameters<typeof describeSchema>[0]): Promise<string> {
  return head + (await describeSchema(client));
}

if (import.meta.main) {
  const dataFolder = await mkdtemp(join(tmpdir(), "spanledger-schema-"));
  const server = await startEmbeddedPostgres({ dataFolder, durable: false });
  try {
    await migrateDatabase(server.connectionString);
    const client = new pg.Client({ connectionString: server.connectionString });
    await client.connect();
    await writeFile(schemaSnapshot, await renderSchemaSnapshot(client));
    await client.end();
    process.stdout.write(`${schemaSnapshot}\n`);
  } finally {
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}
