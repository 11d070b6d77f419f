import type { Area } from "./drawing.ts";

/** Room for the numbers of an axis. */
export const chartLeft = 46;
const right = 10;

/** Where the panels of a chart with columns above and a rate below lie. */
export interface TwoPanels {
  readonly columns: Area;
  readonly rate: Area;
  readonly height: number;
}

/** @param top px that are taken above the title of the columns */
export function twoPanels(width: number, top: number): TwoPanels {
  const inner = width - chartLeft - right;
  const columns = { left: chartLeft, top: top + 28, width: inner, height: 142 };
  const rate = { left: chartLeft, top: columns.top + columns.height + 56, width: inner, height: 84 };
  return { columns, rate, height: rate.top + rate.height + 42 };
}

export function onePanel(width: number, top: number, height: number): Area {
  return { left: chartLeft, top, width: width - chartLeft - right, height };
}
