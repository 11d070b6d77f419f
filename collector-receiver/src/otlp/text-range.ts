import type { TextRange } from "./otlp-carrier.ts";

/** Whether the range holds exactly that text. */
export function isText(range: TextRange, text: Buffer): boolean {
  const length = text.length;
  if (range.end - range.start !== length) return false;
  const bytes = range.bytes;
  const start = range.start;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
