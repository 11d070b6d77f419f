import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { spanledger } from "../cli/run-cli.ts";

export interface ImportWorld {
  readonly database: TestDatabase;
  readonly folder: string;
  readonly environment: Record<string, string>;
  run(...arguments_: string[]): Promise<{ code: number; report: ReportedImport; stderr: string; stdout: string }>;
  write(name: string, content: string | Uint8Array | object): Promise<string>;
}

/** The report of an import as JSON. */
export interface ReportedImport {
  readonly rows: number;
  readonly imported: number;
  readonly known: number;
  readonly changed: number;
  readonly unreadable: number;
  readonly rejected: number;
  readonly afterCutOver: number;
  readonly tooOld: number;
  readonly repeatedTimes: number;
  readonly skippedTimes: number;
  readonly events: Record<string, number>;
  readonly unknownEvents: readonly string[];
  readonly leftOut: Record<string, number>;
  readonly problems: readonly { readonly place: number; readonly text: string }[];
}

/** A database and a folder of its own, in which `spanledger import` runs. */
export async function makeImportWorld(given?: TestDatabase): Promise<ImportWorld> {
  const database = given ?? (await useTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), "spanledger-import-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: folder };
  return {
    database,
    folder,
    environment,
    run: async (...arguments_) => {
      const outcome = await spanledger(environment, "import", ...arguments_, "--json");
      return { ...outcome, report: (outcome.stdout === "" ? {} : JSON.parse(outcome.stdout)) as ReportedImport };
    },
    write: async (name, content) => {
      const file = join(folder, name);
      await writeFile(
        file,
        typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content),
      );
      return file;
    },
  };
}

/** Expects that the counters are what a recount of the rows gives. */
export async function verifyImported({ database }: Pick<ImportWorld, "database">): Promise<void> {
  const { drifts, firstDrifts } = await verifyTenant(database.connectionString, "default");
  expect({ drifts, firstDrifts }).toEqual({ drifts: 0, firstDrifts: [] });
}
