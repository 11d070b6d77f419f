import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import { MigrationError } from "./storage/schema/migrate-database.ts";
import { classifyDatabaseError, sqlStateOf } from "./storage/wire/database-errors.ts";
import { describeOutage } from "./storage/wire/describe-outage.ts";
import { nameServer } from "./storage/wire/name-server.ts";
import { isStatementMode } from "./storage/wire/statement-mode.ts";

const pauseMs = 1_000;

export interface WaitOptions {
  readonly connectionString: string;
  readonly log: Pick<FastifyBaseLogger, "warn" | "info">;
  /** Told when the waiting begins and when it is over. */
  readonly onWaiting: (isWaiting: boolean) => void;
}

/**
 * Runs work that needs PostgreSQL, again each second while PostgreSQL cannot be reached or takes no writes. The work has to
 * be one that may be repeated. Each reason is logged once, however long it lasts.
 * @throws what the work throws for another reason, a wrong password among them
 */
export async function waitForDatabase<Result>(options: WaitOptions, work: () => Promise<Result>): Promise<Result> {
  const { connectionString, log, onWaiting } = options;
  const said = new Set<string>();
  const beganMs = performance.now();
  for (;;) {
    try {
      const result = await work();
      if (said.size > 0) {
        const seconds = Number(((performance.now() - beganMs) / 1000).toFixed(1));
        log.info({ seconds }, `PostgreSQL is there after ${seconds} s; the start goes on`);
        onWaiting(false);
      }
      return result;
    } catch (thrown) {
      const error = thrown instanceof MigrationError ? thrown.cause : thrown;
      if (!isAbsence(error)) throw thrown;
      const reason = describeOutage(error);
      if (!said.has(reason)) {
        const server = nameServer(connectionString);
        const remedy = "The start goes on once it takes connections and writes; check DATABASE_URL if it should.";
        log.warn({ err: error, server, reason }, `waiting for PostgreSQL at ${server}: ${reason}. ${remedy}`);
        onWaiting(true);
      }
      said.add(reason);
      await sleep(pauseMs);
    }
  }
}

/** True if time may mend it. A statement that was cancelled for its length would be cancelled again, and a pooler stays as it is. */
function isAbsence(error: unknown): boolean {
  return classifyDatabaseError(error) === "unavailable" && sqlStateOf(error) !== "57014" && !isStatementMode(error);
}
