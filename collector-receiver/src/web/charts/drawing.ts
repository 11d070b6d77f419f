import { escapeText } from "../page/html.ts";

/** What a chart is drawn into: SVG markup without its outermost element. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: string;
  /** Unseen areas over it that tell values on hover. */
  readonly hovers: string;
}

/** Where a panel lies within a drawing, in px. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A place in px with at most one decimal: shorter pages, the same picture. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

type Anchor = "start" | "middle" | "end";

export function textAt(x: number, y: number, text: string, anchor: Anchor = "start", className = "t"): string {
  return `<text class="${className}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escapeText(text)}</text>`;
}

export function lineAt(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return `<line class="${className}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`;
}

export function rectAt(x: number, y: number, width: number, height: number, className: string): string {
  return `<rect class="${className}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/>`;
}

/** An unseen area that tells on hover what is drawn there; who cannot hover has the table. */
export function hoverAt(x: number, y: number, width: number, height: number, title: string): string {
  return `<rect class="hit" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"><title>${escapeText(title)}</title></rect>`;
}

/** About how wide a text is at the size of chart texts (12 px): enough to leave room for it. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += character > "\u2e7f" ? 12.4 : 6.9;
  return width;
}

/** A text that fits: cut with an ellipsis if it would be wider. */
export function fitText(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let fitting = "";
  for (const character of text) {
    if (widthOf(`${fitting}${character}…`) > width) break;
    fitting += character;
  }
  return `${fitting}…`;
}
