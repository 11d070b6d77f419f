import { chatWordsOf, nameMessage } from "../channels/chat-words.ts";
import type { Message } from "../message.ts";
import { mailWordsOf } from "./mail-words.ts";

/** The mail for clients that show no HTML. */
export function writeMailText(message: Message): string {
  const { tenantName, title, sentences, figures, link } = message;
  const { colon } = chatWordsOf(message);
  return [
    `${nameMessage(message)}${colon}${title}`,
    ...sentences,
    figures.map(({ label, value }) => `${label}${colon}${value}`).join("\n"),
    link ?? "",
    `-- \n${mailWordsOf(message).sentFor(tenantName)}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
