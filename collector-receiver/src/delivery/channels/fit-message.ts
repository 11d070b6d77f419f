import type { Message } from "../message.ts";

const ellipsis = "…";

/** The first `max` characters of a text; one that is longer ends with "…". Characters are Unicode code points. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = Array.from(text);
  return points.length <= max ? text : points.slice(0, max - 1).join("") + ellipsis;
}

/** A text without line breaks, tabs and other control characters. */
export function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/**
 * Writes a message, with less of it if it would be longer than its channel takes: figures are left out from the end, then
 * sentences, then the last sentence is cut. Title and link stay.
 * @param maxBytes of UTF-8
 */
export function writeWithin(message: Message, maxBytes: number, write: (shorter: Message) => string): string {
  let fitting = message;
  for (;;) {
    const text = write(fitting);
    const shorter = Buffer.byteLength(text) <= maxBytes ? undefined : shortenMessage(fitting);
    if (shorter === undefined) return text;
    fitting = shorter;
  }
}

function shortenMessage(message: Message): Message | undefined {
  const { title, sentences, figures } = message;
  if (figures.length > 0) return { ...message, figures: figures.slice(0, Math.floor(figures.length * 0.75)) };
  const last = sentences.at(-1);
  const before = sentences.slice(0, -1);
  if (last === undefined || last.length <= 1) {
    if (before.length > 0) return { ...message, sentences: before };
    return title.length <= 1 ? undefined : { ...message, title: halve(title) };
  }
  if (before.length === 0) return { ...message, sentences: [halve(last)] };
  return { ...message, sentences: [...before.slice(0, -1), markCut(before.at(-1)!)] };
}

const halve = (text: string): string => cutText(text, Math.floor(Array.from(text).length / 2));

function markCut(text: string): string {
  return text.endsWith(ellipsis) ? text : `${text} ${ellipsis}`;
}
