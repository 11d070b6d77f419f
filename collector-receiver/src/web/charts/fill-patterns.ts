import { px, rectAt } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";

/**
 * How a series is filled: 1 solid, 2 hatched, 3 dotted in the colour of 1, 4 hatched the other way, 5 lined across,
 * 6 lined upwards in grey. Each is told from the others without colour.
 */
export type Look = 1 | 2 | 3 | 4 | 5 | 6;

interface Pattern {
  readonly angle: number;
  /** In px; a dot if it is short. */
  readonly lineLength: number;
}

const patterns: Readonly<Record<Exclude<Look, 1> | "unripe", Pattern>> = {
  2: { angle: 45, lineLength: 5 },
  3: { angle: 45, lineLength: 1.6 },
  4: { angle: -45, lineLength: 5 },
  5: { angle: 90, lineLength: 5 },
  6: { angle: 0, lineLength: 5 },
  unripe: { angle: 45, lineLength: 5 },
};

/** A drawing with the patterns that its body uses; `idPrefix` has to be unique on a page. */
export function withPatterns({ body, ...drawing }: Drawing, idPrefix: string): Drawing {
  const used = Object.entries(patterns).filter(([look]) => body.includes(`url(#${idPrefix}-${look})`));
  const made = used.map(
    ([look, { angle, lineLength }]) =>
      `<pattern id="${idPrefix}-${look}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(${angle})">` +
      `<line class="${look === "unripe" ? "unripe" : `pattern${look}`}" x1="1" y1="0" x2="1" y2="${lineLength}"/></pattern>`,
  );
  return { ...drawing, body: made.length === 0 ? body : `<defs>${made.join("")}</defs>${body}` };
}

/** A box filled as its series is. */
export function filledBox(
  left: number,
  top: number,
  width: number,
  height: number,
  look: Look,
  idPrefix: string,
): string {
  const box = rectAt(left, top, width, height, `fill${look}`);
  return look === 1 ? box : box + patternBox(left, top, width, height, `${idPrefix}-${look}`);
}

/** The ground of days whose figures can still change. */
export function unripeBox(left: number, top: number, width: number, height: number, idPrefix: string): string {
  return patternBox(left, top, width, height, `${idPrefix}-unripe`);
}

function patternBox(left: number, top: number, width: number, height: number, pattern: string): string {
  return `<rect fill="url(#${pattern})" x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}"/>`;
}
