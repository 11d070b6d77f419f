import type { Message } from "../message.ts";
import { chatWordsOf, nameMessage } from "./chat-words.ts";
import { cutText, onOneLine } from "./fit-message.ts";

/** Bounds of Block Kit (https://docs.slack.dev/reference/block-kit/blocks): characters, fields a section, blocks. */
const maxHeader = 150;
const maxSection = 3000;
const maxField = 2000;
const maxFields = 10;
const maxSentences = 20;
const maxFigures = 40;

/**
 * A message for an incoming webhook of Slack, in blocks. All texts but the link are plain, so that a name with `*` or `<!here>`
 * in it is shown as it is.
 */
export function writeSlack(message: Message): unknown {
  const { tenantName, title, sentences, figures, link } = message;
  const words = chatWordsOf(message);
  const head = onOneLine(`${nameMessage(message)} · ${title}`);
  const shown = figures.slice(0, maxFigures);
  const blocks = [
    { type: "header", text: plain(head, maxHeader) },
    ...sentences.slice(0, maxSentences).map((text) => ({ type: "section", text: plain(onOneLine(text), maxSection) })),
    ...Array.from({ length: Math.ceil(shown.length / maxFields) }, (_, at) => ({
      type: "section",
      fields: shown
        .slice(at * maxFields, (at + 1) * maxFields)
        .map(({ label, value }) => plain(`${onOneLine(label)}\n${onOneLine(value)}`, maxField)),
    })),
    ...(link === null
      ? []
      : [{ type: "section", text: { type: "mrkdwn", text: `<${escapeSlack(link)}|${escapeSlack(words.open)}>` } }]),
    { type: "context", elements: [plain(onOneLine(tenantName), maxField)] },
  ];
  // What notifications show, and clients that know no blocks.
  return { text: escapeSlack(cutText(head, maxSection)), blocks };
}

function plain(text: string, max: number) {
  // Slack refuses an empty text. `emoji: false`: `:100:` stays as it is.
  return { type: "plain_text", text: cutText(text === "" ? "–" : text, max), emoji: false };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
