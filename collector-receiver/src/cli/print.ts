/**
 * Characters that a terminal obeys instead of showing: C0 and C1 controls, and Unicode's signs that turn the direction
 * of text. Line feed and tab stay.
 */
// oxlint-disable-next-line no-control-regex -- these are the characters
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text whose control characters are shown as JSON escapes: names of tenants, agents and files come from outside. */
export function printable(text: string): string {
  return text.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Writes lines for people, or JSON, to standard output. In JSON the escapes mean the same characters. */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** Writes a message for people to standard error. */
export function printError(text: string): void {
  process.stderr.write(printable(text));
}
