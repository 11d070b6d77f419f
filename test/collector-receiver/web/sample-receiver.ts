import { pino } from "pino";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { startReceiver } from "../../../collector-receiver/src/start-receiver.ts";
import type { Receiver } from "../../../collector-receiver/src/start-receiver.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { generateHistory } from "../../../examples/demo/history/generate-history.ts";
import { loadHistory } from "../../../examples/demo/history/load-history.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";

export interface SampleReceiver extends Receiver {
  readonly database: TestDatabase;
  stop(): Promise<void>;
}

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;

/**
 * A whole receiver with the demo's sample history from `firstDay` to `lastDay` (business days), sent to it
 * over HTTP, and with sources that numbered 25,000 events of which 5 never arrived.
 */
export async function startSampleReceiver(
  firstDay: string,
  lastDay: string,
  environment: Record<string, string> = {},
): Promise<SampleReceiver> {
  const database = await createTestDatabase();
  const config = loadConfig({ PORT: "0", ...environment, DATABASE_URL: database.connectionString });
  const receiver = await startReceiver(config, pino({ level: "silent" }));
  const history = generateHistory({
    seed: "report",
    firstDay: dayNumber(firstDay),
    lastDay: dayNumber(lastDay),
    untilMs: Date.parse(`${lastDay}T16:00:00Z`),
  });
  await loadHistory(receiver.url, history, new AbortController().signal, () => {});
  await database.pool.query(
    `insert into analytics_sources (tenant_id, source_id, service_name, highest_seq, events_seen, drops_reported, first_seen_at, last_seen_at)
     values ('default', 'sample-source', 'ai-chatbot', 25000, 24995, 0, $1, $2)`,
    [`${firstDay}T00:00:00+08:00`, `${lastDay}T23:59:59+08:00`],
  );
  const client = await openWriterConnection(database.connectionString);
  for await (const _ of sweepIdleSessions(client, "default", Date.now()));
  await client.end();
  return {
    ...receiver,
    database,
    async stop() {
      await receiver.close();
      await database.drop();
    },
  };
}
