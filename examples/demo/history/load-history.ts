import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Pool } from "pg";
import { DemoError } from "../parse-demo-arguments.ts";
import { encodeHistory } from "./encode-history.ts";
import type { HistoryEvent } from "./history-event.ts";

const compress = promisify(gzip);
const eventsPerRequest = 512;
const requestsAtOnce = 3;

/** The events that are not in the database yet. */
export async function findMissing(pool: Pool, history: readonly HistoryEvent[]): Promise<HistoryEvent[]> {
  const first = history[0];
  const last = history.at(-1);
  if (first === undefined || last === undefined) return [];
  const { rows } = await pool.query<{ event_id: string }>(
    `select event_id::text from analytics_events
     where tenant_id = 'default' and occurred_at between $1 and $2`,
    [new Date(first.occurredAtMs), new Date(last.occurredAtMs)],
  );
  const stored = new Set(rows.map((row) => row.event_id));
  return history.filter((event) => !stored.has(event.eventId));
}

/**
 * Sends events by OTLP/HTTP to the Collector or the receiver, as a product would: gzip, and the same request
 * again if that asks for patience.
 * @param onSent called with how many are acknowledged
 * @throws DemoError `history_refused` if it does not accept all of a request
 */
export async function loadHistory(
  otlpUrl: string,
  events: readonly HistoryEvent[],
  signal: AbortSignal,
  onSent: (count: number) => void,
): Promise<void> {
  let next = 0;
  let acknowledged = 0;
  const send = async (): Promise<void> => {
    while (next < events.length) {
      const batch = events.slice(next, (next += eventsPerRequest));
      await postBatch(new URL("/v1/traces", otlpUrl), batch, signal);
      onSent((acknowledged += batch.length));
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, send));
}

async function postBatch(url: URL, batch: readonly HistoryEvent[], signal: AbortSignal): Promise<void> {
  const body = await compress(encodeHistory(batch));
  for (;;) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body,
      signal,
    });
    const answer = await response.text();
    if (response.status === 503 || response.status === 429) {
      await wait(1_000 * Number(response.headers.get("retry-after") ?? 1), undefined, { signal });
      continue;
    }
    const refused = response.ok
      ? (JSON.parse(answer || "{}") as { partialSuccess?: { rejectedSpans?: string | number } }).partialSuccess
          ?.rejectedSpans
      : undefined;
    if (response.ok && Number(refused ?? 0) === 0) return;
    throw new DemoError(
      "history_refused",
      `${url.host} answered a history request with ${response.status}: ${answer.slice(0, 500)}`,
    );
  }
}
