import { pino } from "pino";
import { onTestFinished } from "vitest";
import { loadConfig } from "../../collector-receiver/src/config/load-config.ts";
import { startReceiver, type Receiver, type StartOptions } from "../../collector-receiver/src/start-receiver.ts";
import { useTestDatabase, type TestDatabase } from "./create-test-database.ts";

export interface TestReceiver extends Receiver {
  readonly database: TestDatabase;
  /** Parsed lines of its log. */
  readonly log: Record<string, unknown>[];
}

/**
 * A whole receiver on a free port and a database of its own, stopped when the current test has finished.
 * @param environment variables beyond that; tokens, limits, or the PORT of one that was closed
 * @param existing the database of a receiver before this one
 * @param options settings that are not environment variables
 */
export async function startTestReceiver(
  environment: Record<string, string> = {},
  existing?: TestDatabase,
  options: StartOptions = {},
): Promise<TestReceiver> {
  const database = existing ?? (await useTestDatabase());
  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: "info" },
    { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const config = loadConfig({ PORT: "0", ...environment, DATABASE_URL: database.connectionString });
  const receiver = await startReceiver(config, logger, options);
  onTestFinished(() => receiver.close());
  return { ...receiver, database, log };
}
