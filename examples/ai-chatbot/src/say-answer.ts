import { askModel, type ModelAccess, type Prompt } from "./ask-model.ts";
import { shopKnowledge } from "./domain/compose-answer.ts";
import { think, type ThinkingPace } from "./domain/thinking-pace.ts";

export interface Voice {
  /** Null: the answer is said as it was composed. */
  readonly model: ModelAccess | null;
  /** How long an assistant without a model "thinks". */
  readonly pace: ThinkingPace;
}

/** Code points of an answer without a model that travel in one event. */
const charactersPerToken = 4;

/** What the assistant says, in one piece. */
export async function sayAnswer(facts: string, message: string, { model, pace }: Voice): Promise<string> {
  if (model === null) {
    await think(pace, 900);
    return facts;
  }
  let said = "";
  await askModel(model, promptOf(facts, message), false, (text) => void (said += text));
  return said;
}

/**
 * What the assistant says, piece by piece.
 * @param onText false if nobody listens any more. A model is heard out all the same: only its end tells what it used.
 */
export async function streamAnswer(
  facts: string,
  message: string,
  { model, pace }: Voice,
  onText: (text: string) => boolean,
): Promise<void> {
  if (model !== null) {
    await askModel(model, promptOf(facts, message), true, onText);
    return;
  }
  const characters = Array.from(facts);
  for (let at = 0; at < characters.length; at += charactersPerToken) {
    await think(pace, at === 0 ? 350 : 60);
    if (!onText(characters.slice(at, at + charactersPerToken).join(""))) return;
  }
}

const promptOf = (facts: string, message: string): Prompt => ({ instructions: shopKnowledge, message, facts });
