import type { ChatSession } from "./domain/chat-sessions.ts";
import {
  composeEscalationAnswer,
  composeOrderAnswer,
  composeParcelAnswer,
  composeShopDownAnswer,
  composeTopicAnswer,
  composeUnclearAnswer,
  languageOf,
} from "./domain/compose-answer.ts";
import { ShopUnavailableError } from "./domain/order-store.ts";
import { regulateAnswer, type Regulation } from "./domain/regulate-answer.ts";
import type { ThinkingPace } from "./domain/thinking-pace.ts";
import { understandMessage, type Intent } from "./domain/understand-message.ts";
import { queryOrder } from "./query-order.ts";
import { queryTracking } from "./query-tracking.ts";

export interface Answer {
  readonly text: string;
  readonly intent: Intent["kind"];
  readonly regulation: Regulation;
}

/** What the assistant says to a message, and whether a human has to take over after it. */
export async function answerMessage(message: string, session: ChatSession, pace: ThinkingPace): Promise<Answer> {
  const intent = understandMessage(message);
  const { text, helpful } = await composeAnswer(intent, message, pace);
  session.unhelpfulAnswers = helpful ? 0 : session.unhelpfulAnswers + 1;
  const regulation = regulateAnswer(message, session);
  return {
    text: regulation.shouldEscalate ? composeEscalationAnswer(languageOf(message)) : text,
    intent: intent.kind,
    regulation,
  };
}

async function composeAnswer(
  intent: Intent,
  message: string,
  pace: ThinkingPace,
): Promise<{ text: string; helpful: boolean }> {
  const language = languageOf(message);
  switch (intent.kind) {
    case "order":
      try {
        const order = await queryOrder(intent.orderNumber, pace);
        return { text: composeOrderAnswer(intent.orderNumber, order, language), helpful: order !== null };
      } catch (error) {
        if (!(error instanceof ShopUnavailableError)) throw error;
        return { text: composeShopDownAnswer(intent.orderNumber, language), helpful: false };
      }
    case "tracking": {
      const parcel = await queryTracking(intent.trackingNumber, pace);
      return { text: composeParcelAnswer(parcel, language), helpful: parcel.found };
    }
    case "topic":
      return { text: composeTopicAnswer(intent.topic, language), helpful: true };
    case "unclear":
      return { text: composeUnclearAnswer(language), helpful: false };
  }
}
