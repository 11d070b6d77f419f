import type { Pool } from "pg";
import { readDatabaseCounts, type DatabaseCounts } from "./compare-counts.ts";
import type { HistoryEvent } from "./history/history-event.ts";
import type { HandedOut } from "./stand-in-model/stand-in-model.ts";

/** Tokens stand beside the events, under these names. */
const tokenAttributes = ["input_tokens", "cached_input_tokens", "output_tokens"] as const;
type Tokens = Readonly<Record<(typeof tokenAttributes)[number], number>>;

/** Events by name, and the tokens of calls beside them. */
export async function readAllCounts(pool: Pool): Promise<DatabaseCounts> {
  const [events, tokens] = await Promise.all([readDatabaseCounts(pool), readTokenCounts(pool)]);
  return {
    stored: new Map([...events.stored, ...tokens.stored]),
    counted: new Map([...events.counted, ...tokens.counted]),
  };
}

/** Tokens in the rows of calls, and as they are counted. */
async function readTokenCounts(pool: Pool): Promise<DatabaseCounts> {
  const [stored, counted] = await Promise.all([
    pool.query<Tokens>(
      `select ${tokenAttributes.map((name) => `coalesce(sum((event_data ->> '${name}')::bigint), 0)::float8 as ${name}`).join(", ")}
       from analytics_events where event_name = 'ai.call'`,
    ),
    pool.query<Tokens>(
      `select coalesce(sum(uncached_tokens + cache_read_tokens + cache_write_tokens), 0)::float8 as input_tokens,
              coalesce(sum(cache_read_tokens), 0)::float8 as cached_input_tokens, coalesce(sum(output_tokens), 0)::float8 as output_tokens
       from analytics_ai_tokens`,
    ),
  ]);
  return { stored: linesOf(stored.rows[0]!), counted: linesOf(counted.rows[0]!) };
}

/** Tokens of calls that were posted. */
export function tokensOfHistory(history: readonly HistoryEvent[]): Record<string, number> {
  const calls = history.filter(({ name }) => name === "ai.call");
  const sum = (name: string): number => calls.reduce((all, { attributes }) => all + Number(attributes[name] ?? 0), 0);
  return Object.fromEntries(tokenAttributes.map((name) => [lineOf(name), sum(name)]));
}

/** Calls and tokens as the model itself counted them: what the chatbot and its spans say of them is not asked. */
export async function readHandedOut(modelUrl: string): Promise<Record<string, number>> {
  const handedOut = (await (await fetch(new URL("/handed-out", modelUrl))).json()) as HandedOut;
  return { ...Object.fromEntries(linesOf(handedOut)), "ai.call": handedOut.calls };
}

const lineOf = (name: string): string => `ai.call ${name}`;

function linesOf(tokens: Tokens): Map<string, number> {
  return new Map(tokenAttributes.map((name) => [lineOf(name), tokens[name]]));
}
