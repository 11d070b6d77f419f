import { heatShares } from "./chart-colours.ts";
import { hoverAt, rectAt, textAt, widthOf } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";

/** A value for each pair of a row and a column, such as weekday and hour. */
export interface Heatmap {
  readonly rows: readonly string[];
  /** Labels of columns; as many as fit are drawn. */
  readonly columns: readonly string[];
  /** By row, then column; null if nothing is known. */
  readonly cells: readonly (readonly (number | null)[])[];
  /** How a value is written, with its unit. */
  readonly format: (value: number) => string;
  /** What a cell says on hover, before its value. */
  readonly nameOf: (row: number, column: number) => string;
}

const cellHeight = 22;
const gap = 2;

/** Draws it with a scale below; the darker a cell, the more. */
export function drawHeatmap({ rows, columns, cells, format, nameOf }: Heatmap, width: number): Drawing {
  // "Mon" and "Wed" are wider than most words of their length.
  const left = Math.max(...rows.map(widthOf)) + 16;
  const top = 20;
  const slot = (width - left) / columns.length;
  const greatest = Math.max(0, ...cells.flatMap((row) => row.filter((value) => value !== null)));
  const every = Math.max(1, Math.ceil((Math.max(...columns.map(widthOf)) + 6) / slot));
  const heads = columns.map((label, i) =>
    i % every === 0 ? textAt(left + slot * i + (slot - gap) / 2, top - 6, label, "middle") : "",
  );
  let hovers = "";
  const body = rows.map((label, row) => {
    const y = top + row * (cellHeight + gap);
    const drawn = columns.map((_, column) => {
      const value = cells[row]?.[column] ?? null;
      const x = left + slot * column;
      const title = `${nameOf(row, column)}: ${value === null ? "—" : format(value)}`;
      hovers += hoverAt(x, y, slot, cellHeight + gap, title);
      return rectAt(x, y, slot - gap, cellHeight, `heat heat${value === null ? 0 : stepOf(value, greatest)}`);
    });
    return textAt(left - 8, y + 15, label, "end") + drawn.join("");
  });
  const foot = top + rows.length * (cellHeight + gap) + 10;
  return {
    width,
    height: foot + 16,
    body: heads.join("") + body.join("") + drawScale(left, foot, format(0), format(greatest)),
    hovers,
  };
}

/** 0 for nothing, then steps of the same width up to the greatest value. */
function stepOf(value: number, greatest: number): number {
  return value <= 0 ? 0 : Math.min(heatShares.length, Math.ceil((value / greatest) * heatShares.length));
}

function drawScale(left: number, top: number, least: string, most: string): string {
  const from = left + widthOf(least) + 8;
  const boxes = [0, ...heatShares].map((_, step) => rectAt(from + step * 20, top, 18, 10, `heat heat${step}`));
  return textAt(left, top + 9, least) + boxes.join("") + textAt(from + boxes.length * 20 + 6, top + 9, most);
}
