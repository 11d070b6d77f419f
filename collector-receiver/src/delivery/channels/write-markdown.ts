import type { Message } from "../message.ts";
import { chatWordsOf, nameMessage } from "./chat-words.ts";
import { onOneLine } from "./fit-message.ts";

/**
 * A message in the part of Markdown that both DingTalk and WeCom know: headings, bold, quotes, links.
 * @param figureLines how a figure begins its line
 */
export function writeMarkdown(message: Message, { figure }: { readonly figure: string }): string {
  const { tenantName, title, sentences, figures, link } = message;
  const words = chatWordsOf(message);
  return [
    `### ${nameMessage(message)} · ${plainText(title)}`,
    ...sentences.map(plainText),
    figures.map(({ label, value }) => `${figure}${plainText(label)}${words.colon}**${plainText(value)}**`).join("\n"),
    link === null ? "" : `[${words.open}](${markdownAddress(link)})`,
    plainText(tenantName),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const alike: Readonly<Record<string, string>> = {
  "*": "＊",
  "<": "＜",
  ">": "＞",
  "[": "［",
  "]": "］",
  "`": "'",
  "\\": "＼",
};

/**
 * A text that no client reads as Markdown or as a mention: neither product documents how to escape a character, so those that
 * mean something become characters that look alike.
 */
function plainText(text: string): string {
  const one = onOneLine(text).replace(/[*<>[\]`\\]/g, (character) => alike[character]!);
  return one.replace(/^(?=[#+-])/, "\u200B");
}

const markdownAddress = (link: string): string =>
  link.replace(/[()<>\s]/g, (one) => encodeURIComponent(one).replace("(", "%28").replace(")", "%29"));
