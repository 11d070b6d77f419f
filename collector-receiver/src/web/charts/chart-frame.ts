import type { Area, Drawing } from "./drawing.ts";

const left = 46;
const right = 10;

/** Where the panels of a chart with columns above and a rate below lie. */
export interface TwoPanels {
  readonly columns: Area;
  readonly rate: Area;
  readonly height: number;
}

export function twoPanels(width: number): TwoPanels {
  const inner = width - left - right;
  return {
    columns: { left, top: 44, width: inner, height: 150 },
    rate: { left, top: 262, width: inner, height: 84 },
    height: 372,
  };
}

export function onePanel(width: number, top: number, height: number): Area {
  return { left, top, width: width - left - right, height };
}

/** The pattern of the second filling; its id has to be unique on a page. */
export function withHatch(width: number, height: number, hatchId: string, body: string): Drawing {
  return {
    width,
    height,
    body:
      `<defs><pattern id="${hatchId}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
      `<line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>${body}`,
  };
}
