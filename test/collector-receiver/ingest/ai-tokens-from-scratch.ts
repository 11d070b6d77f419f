import type pg from "pg";
import { bucketValue } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { countedEvents } from "./count-from-scratch.ts";
import { localDay } from "./days-from-scratch.ts";
import { within } from "./details-from-scratch.ts";

/** Calls of models by `tenant|day|provider|model|service tier`, and their durations by `tenant|day|histogram`. */
export interface AiTokens {
  readonly rows: Record<string, Record<string, number>>;
  readonly durations: Record<string, unknown[]>;
}

/** The models of `arbitraryEvents` as they are counted. */
const words: Readonly<Record<string, string>> = {
  " gpt-5-mini": "gpt-5-mini",
  "GPT\n5": "GPT 5",
  ["m".repeat(70)]: "m".repeat(64),
};

/** What calls used, in the plainest way. */
export function aiTokensFromScratch(events: readonly BusinessEvent[], timezone: string): AiTokens {
  const rows: Record<string, Record<string, number>> = {};
  const durations: Record<string, number[]> = {};
  for (const { name, tenantId, occurredAtMs, sessionId, attributes } of countedEvents(events)) {
    if (name !== "ai.call") continue;
    const day = `${tenantId}|${localDay(occurredAtMs, timezone)}`;
    const number = (attribute: string): number | undefined => attributes[attribute] as number | undefined;
    const model = String(attributes["model"]);
    const key = [day, attributes["provider"] ?? "", words[model] ?? model, attributes["service_tier"] ?? ""].join("|");
    const row = (rows[key] ??= {});
    const add = (column: string, amount = 1): void => {
      if (amount !== 0) row[column] = (row[column] ?? 0) + amount;
    };
    const input = number("input_tokens");
    const output = number("output_tokens");
    const read = number("cached_input_tokens") ?? 0;
    const written = number("cache_write_tokens") ?? 0;
    add("calls");
    if (attributes["error"] === true) add("failed_calls");
    else if (input === undefined && output === undefined) add("calls_without_usage");
    if (sessionId === null) add("calls_without_session");
    if (read + written > (input ?? 0)) add("unclear_calls");
    else add("uncached_tokens", (input ?? 0) - read - written);
    add("cache_read_tokens", read);
    add("cache_write_tokens", written);
    add("output_tokens", output ?? 0);
    for (const [metric, attribute] of Object.entries({
      ai_call_time: "duration_ms",
      ai_first_token: "first_token_ms",
    })) {
      const ms = number(attribute);
      if (ms !== undefined) (durations[`${day}|${metric}`] ??= []).push(Math.round(ms));
    }
  }
  return {
    rows,
    durations: Object.fromEntries(Object.entries(durations).map(([key, values]) => [key, within(values)])),
  };
}

/** The same as it is stored. */
export async function storedAiTokens(pool: pg.Pool): Promise<AiTokens> {
  const { rows } = await pool.query(
    "select *, concat_ws('|', tenant_id, day::text, provider, model, service_tier) as key from analytics_ai_tokens",
  );
  const buckets = await pool.query<{ key: string; bucket: number; count: string }>(
    `select concat_ws('|', tenant_id, day::text, metric) as key, bucket, count from analytics_duration_histograms
     where metric in ('ai_call_time', 'ai_first_token') order by bucket`,
  );
  const durations: Record<string, number[]> = {};
  for (const { key, bucket, count } of buckets.rows) {
    const of = (durations[key] ??= []);
    for (let i = 0; i < Number(count); i++) of.push(bucketValue(bucket));
  }
  return {
    rows: Object.fromEntries(
      rows.flatMap(
        ({ key, tenant_id: _, day: _day, provider: _provider, model: _model, service_tier: _tier, ...row }) => {
          const known = Object.entries(row).flatMap(([column, value]) =>
            value === "0" ? [] : [[column, Number(value)]],
          );
          return known.length === 0 ? [] : [[key, Object.fromEntries(known)]];
        },
      ),
    ),
    durations,
  };
}
