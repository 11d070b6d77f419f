import { GroupCommit } from "../ingest/group-commit.ts";
import { mapKeptEvent } from "../ingest/map-kept-event.ts";
import { countedAttributesWith } from "../metrics/event-counters.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { tenantDefaultsOf } from "../upkeep/check-settings.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { noteReplayed } from "../ingest/count-rejections.ts";
import { readRejectedEvents } from "../storage/events/read-rejected-events.ts";
import type { KeptEvent } from "../storage/events/kept-event.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { listTenants, withDatabase } from "./with-database.ts";
import { print, printError } from "./print.ts";

interface Replay {
  readonly tenantId: string;
  /** Counted now, or counted already under the same identity. */
  replayed: number;
  /** Rejected again, for the same or another reason. */
  stillRejected: number;
}

const pageSize = 500;

/** `spanledger replay`: sends rejected events through mapping and ingest once more. */
export function runReplay(options: {
  readonly tenant?: string;
  readonly code?: string;
  readonly json?: boolean;
}): Promise<number> {
  return withDatabase(async (connectionString, config) => {
    const client = await openWriterConnection(connectionString);
    const ingest = new GroupCommit({
      connectionString,
      tenantDefaults: tenantDefaultsOf(config),
      writers: 1,
      maxQueueBytes: config.maxQueueBytes,
      batchMaxEvents: config.batchMaxEvents,
      onAlarm: (code, message, error) => printError(`spanledger: ${message}: ${String(error)} [${code}]\n`),
    });
    try {
      const replays: Replay[] = [];
      for (const tenantId of await listTenants(connectionString, options.tenant)) {
        replays.push(await replayTenant(client, ingest, tenantId, options.code ?? null));
      }
      const text = replays
        .map((replay) => `${replay.tenantId}: ${replay.replayed} replayed, ${replay.stillRejected} still rejected\n`)
        .join("");
      print(options.json === true ? `${JSON.stringify({ tenants: replays })}\n` : text);
      return 0;
    } finally {
      await ingest.close();
      await client.end();
    }
  });
}

async function replayTenant(
  client: WriterConnection,
  ingest: GroupCommit,
  tenantId: string,
  code: string | null,
): Promise<Replay> {
  const replay: Replay = { tenantId, replayed: 0, stillRejected: 0 };
  const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
  const countedAttributes = countedAttributesWith(rules.custom);
  let after = Buffer.alloc(0);
  for (;;) {
    const page = await readRejectedEvents(client, tenantId, { code, after, limit: pageSize });
    if (page.length === 0) return replay;
    const counted: Buffer[] = [];
    for (const rejection of page) {
      if (await submitAgain(ingest, rules, countedAttributes, rejection)) counted.push(rejection.contentHash);
    }
    await noteReplayed(client, tenantId, counted);
    replay.replayed += counted.length;
    replay.stillRejected += page.length - counted.length;
    after = page.at(-1)?.contentHash as Buffer<ArrayBuffer>;
  }
}

/** @returns whether the event is counted now, or waits for its time to come */
async function submitAgain(
  ingest: GroupCommit,
  rules: TenantRules,
  countedAttributes: ReadonlySet<string>,
  rejection: KeptEvent,
): Promise<boolean> {
  // What was no OTLP when it was kept cannot be read now: it stays as it is, and holds up nothing else.
  const mapped = mapKeptEvent(rejection, "rejected", rules, countedAttributes, Date.now());
  if (mapped === null || (mapped.events.length === 0 && mapped.waiting === undefined)) return false;
  const result = await ingest.submit({ ...mapped, rejected: [] }, rejection.payload.length);
  return result.refused.length === 0 && result.isForgotten !== true;
}
