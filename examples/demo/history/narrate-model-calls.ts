import type { AttributesOf } from "@spanledger/sdk";
import type { HistoryEvent } from "./history-event.ts";
import { createSeededRandom, createSeededUuidV7 } from "./seeded-random.ts";

/** What the instructions take. Most of them come from a cache, but for the first answer of a conversation. */
const instructionTokens = 1_408;
const cachedTokens = 1_280;

/**
 * The calls of a model behind the answers of a history, in its order. Each depends on its answer alone: the history
 * without them stays as it is.
 */
export function narrateModelCalls(history: readonly HistoryEvent[]): HistoryEvent[] {
  const turns = new Map<unknown, number>();
  return history.flatMap((event) => {
    if (event.name !== "session.message") return [];
    const { session_id, message_length, response_time_ms, first_token_ms } = event.attributes;
    const turn = turns.get(session_id) ?? 0;
    turns.set(session_id, turn + 1);
    const random = createSeededRandom(event.eventId);
    const failed = random.chance(0.004);
    const used = {
      input_tokens: instructionTokens + turn * random.integer(120, 260) + random.integer(20, 90),
      cached_input_tokens: turn === 0 ? 0 : cachedTokens,
      output_tokens: Math.ceil(Number(message_length) / 2) + random.integer(10, 60),
      ...(typeof first_token_ms === "number" ? { first_token_ms: Math.round(first_token_ms * 0.9) } : {}),
    };
    const attributes: AttributesOf<"ai.call"> = {
      session_id: String(session_id),
      provider: "openai",
      model: "example-large-2025",
      operation: "chat",
      duration_ms: Math.round(Number(response_time_ms) * 0.95),
      // A failed one is followed by another: the customer got an answer.
      ...(failed ? { error: true } : used),
    };
    const call = (ordinal: number, of: object): HistoryEvent => ({
      product: "ai-chatbot",
      name: "ai.call",
      attributes: of as HistoryEvent["attributes"],
      occurredAtMs: event.occurredAtMs,
      eventId: createSeededUuidV7(event.occurredAtMs, `${event.eventId}/call/${ordinal}`),
    });
    return failed ? [call(0, attributes), call(1, { ...attributes, error: false, ...used })] : [call(0, attributes)];
  });
}
