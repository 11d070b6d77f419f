/** A value for a person to read: quoted, at most 60 characters, storable as PostgreSQL text. */
export function describeText(text: string, maxLength = 60): string {
  const shortened = shortenText(text, maxLength);
  return `"${shortened.length < text.length ? `${shortened}…` : shortened}"`;
}

/**
 * The first `maxLength` code points, with U+0000 and lone surrogates replaced by U+FFFD: what a
 * `varchar(maxLength)` column takes.
 */
export function shortenText(text: string, maxLength: number): string {
  const shortened = text.length <= maxLength ? text : firstPoints(text, maxLength);
  return shortened.replaceAll("\u0000", "\ufffd").toWellFormed();
}

function firstPoints(text: string, count: number): string {
  // Two UTF-16 units are the most that one code point has: cut before counting.
  return [...text.slice(0, count * 2)].slice(0, count).join("");
}

/** The beginning of a JSON value, as it is written. */
export function describeJson(bytes: Buffer, start: number, end: number): string {
  return withSize(describeStart(bytes, start, end).slice(1, -1), end - start);
}

/** The beginning of a byte range as text; invalid bytes become U+FFFD. */
export function describeBytes(bytes: Buffer, start: number, end: number): string {
  return withSize(describeStart(bytes, start, end), end - start);
}

function describeStart(bytes: Buffer, start: number, end: number): string {
  return describeText(bytes.toString("utf8", start, Math.min(end, start + 240)));
}

function withSize(described: string, bytes: number): string {
  const kib = Math.round(bytes / 1024);
  return kib > 1 ? `${described} (${kib} KiB)` : described;
}
