/** One record of CSV, and where the next one begins. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly end: number;
  /** Line ends within it, its own among them. */
  readonly lines: number;
}

/** Why there is no record: it goes on beyond the text, or something is wrong with it. */
export type NoRecord = "incomplete" | { readonly problem: string };

const quote = 0x22;

/**
 * Reads the record at `start` (RFC 4180; a line may end with LF or CRLF).
 * @param isLast true if nothing comes behind the text
 */
export function splitRecord(text: string, start: number, delimiter: string, isLast: boolean): CsvRecord | NoRecord {
  const lineEnd = text.indexOf("\n", start);
  if (lineEnd < 0 && !isLast) return "incomplete";
  const end = lineEnd < 0 ? text.length : lineEnd;
  const firstQuote = text.indexOf('"', start);
  if (firstQuote < 0 || firstQuote >= end) {
    const line = text.slice(start, text[end - 1] === "\r" && end > start ? end - 1 : end);
    return { fields: line.split(delimiter), end: lineEnd < 0 ? end : end + 1, lines: 1 };
  }
  return splitQuoted(text, start, delimiter, isLast);
}

function splitQuoted(text: string, start: number, delimiter: string, isLast: boolean): CsvRecord | NoRecord {
  const fields: string[] = [];
  let lines = 1;
  for (let at = start; ;) {
    let field = "";
    if (text.charCodeAt(at) === quote) {
      const closed = readQuoted(text, at);
      if (closed === null) return isLast ? { problem: "has a quote that is not closed" } : "incomplete";
      ({ field, at } = closed);
      lines += closed.lines;
    } else {
      const end = endOfField(text, at, delimiter);
      field = text.slice(at, end);
      at = end;
      if (field.includes('"')) return { problem: `has a quote within ${shorten(field)}: put the field into quotes` };
    }
    fields.push(field);
    if (text.startsWith(delimiter, at)) at += delimiter.length;
    else if (at >= text.length) return isLast ? { fields, end: at, lines } : "incomplete";
    else if (text[at] === "\n") return { fields, end: at + 1, lines };
    else if (text.startsWith("\r\n", at)) return { fields, end: at + 2, lines };
    // Whether a line feed follows is not known yet.
    else if (text[at] === "\r" && at + 1 === text.length) {
      return isLast ? { fields, end: at + 1, lines } : "incomplete";
    } else return { problem: `has ${shorten(text.slice(at, at + 20))} behind a closing quote` };
  }
}

function readQuoted(text: string, at: number): { field: string; at: number; lines: number } | null {
  for (let from = at + 1; ;) {
    const closing = text.indexOf('"', from);
    if (closing < 0) return null;
    if (text.charCodeAt(closing + 1) === quote) {
      from = closing + 2;
      continue;
    }
    const raw = text.slice(at + 1, closing);
    return { field: raw.replaceAll('""', '"'), at: closing + 1, lines: countLines(raw) };
  }
}

function endOfField(text: string, at: number, delimiter: string): number {
  const delimited = text.indexOf(delimiter, at);
  let lineEnd = text.indexOf("\n", at);
  if (lineEnd < 0) lineEnd = text.length;
  if (delimited >= 0 && delimited < lineEnd) return delimited;
  return text[lineEnd - 1] === "\r" && lineEnd > at ? lineEnd - 1 : lineEnd;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

const shorten = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
