/**
 * The calls of models behind a figure: for each list the condition over what `readCallList` reads of a call, and the figure
 * that counts them; null if none does. A test holds the length of each list against its figure.
 */
export const callLists = {
  ai_calls: { condition: "true", counter: "ai_calls" },
  ai_failed_calls: { condition: "has_failed", counter: "ai_failed_calls" },
  ai_calls_without_usage: { condition: "is_without_usage", counter: "ai_calls_without_usage" },
  ai_calls_without_session: { condition: "session_id is null", counter: "ai_calls_without_session" },
  ai_calls_unpriced: { condition: "unpriced > 0", counter: null },
} as const satisfies Record<string, { readonly condition: string; readonly counter: string | null }>;

export type CallList = keyof typeof callLists;
export const callListNames = Object.keys(callLists) as CallList[];

const listOfFigure: Readonly<Record<string, CallList>> = {
  ai_failed_calls: "ai_failed_calls",
  ai_call_error_rate: "ai_failed_calls",
  ai_calls_without_usage: "ai_calls_without_usage",
  ai_calls_without_session: "ai_calls_without_session",
  ...Object.fromEntries(
    [
      "ai_calls",
      "ai_spend",
      "net_saved",
      "ai_return",
      "ai_spend_per_session",
      "ai_spend_per_ai_resolved_session",
      "ai_input_tokens",
      "ai_cached_input_tokens",
      "ai_cache_write_tokens",
      "ai_output_tokens",
      "ai_call_time_p50_ms",
      "ai_call_time_p90_ms",
      "ai_first_token_p50_ms",
      "ai_first_token_p90_ms",
    ].map((key) => [key, "ai_calls" as const]),
  ),
};

/** The list of calls behind a figure; null if it does not rest on calls of models. */
export function callListOf(figureKey: string): CallList | null {
  return listOfFigure[figureKey] ?? null;
}
