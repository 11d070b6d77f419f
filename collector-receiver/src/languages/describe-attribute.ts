import type { TypedAttribute } from "./typed-events.ts";

/** What an attribute means, its unit and limits, in one line: `Duration of the query. Unit: ms. 0 to 31536000000.` */
export function describeAttribute({ meaning, unit, minimum, maximum, maxLength }: TypedAttribute): string {
  const said = [meaning, unit && `Unit: ${unit}`, describeRange(minimum, maximum)];
  if (maxLength !== undefined) said.push(`At most ${maxLength} characters`);
  return oneLine(`${said.filter((sentence) => sentence !== undefined).join(". ")}.`);
}

function describeRange(minimum: number | undefined, maximum: number | undefined): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `At least ${minimum}`;
  return maximum === undefined ? undefined : `At most ${maximum}`;
}

/** A text without line breaks and control characters, which would end a comment or a docstring. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .toWellFormed();
}

/**
 * Breaks a text at blanks.
 * @param first what stands before the first line
 * @param next what stands before each other line
 * @param maxColumns longest line; a longer word stands alone
 */
export function wrapText(text: string, first: string, next: string, maxColumns = 100): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > maxColumns) {
      lines.push(line);
      line = next;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
