import { escapeText } from "../page/html.ts";
import { chartRules, lightColours } from "./chart-colours.ts";
import type { Drawing } from "./drawing.ts";
import { px } from "./drawing.ts";

/** A drawing as an element of a page, whose style gives the colours; `label` is what it says to who cannot see it. */
export function inlineSvg({ width, height, body, hovers }: Drawing, className: string, label: string): string {
  return `<svg class="${className}" viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-label="${escapeText(label)}">${body}${hovers}</svg>`;
}

/** A drawing as a file of its own, on a light ground, with a title; the font has to be given to who renders it. */
export function svgFile(drawing: Drawing, title: string, caption: string, fontFamily: string): string {
  const margin = 20;
  const head = 56;
  const foot = 26;
  const width = drawing.width + 2 * margin;
  const height = drawing.height + head + foot;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}">` +
    `<style>text{font-family:"${fontFamily}"}.title{fill:${lightColours.text};font-size:17px;font-weight:bold}${chartRules((name) => lightColours[name])}</style>` +
    `<rect width="100%" height="100%" fill="${lightColours.ground}"/>` +
    `<text class="title" x="${margin}" y="34">${escapeText(title)}</text>` +
    `<g transform="translate(${margin} ${head})">${drawing.body}</g>` +
    `<text class="t" x="${margin}" y="${px(height - 12)}">${escapeText(caption)}</text></svg>`
  );
}

/** A drawing alone, for a document that has its own titles. */
export function bareSvgFile({ width, height, body }: Drawing, fontFamily: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}">` +
    // Typst knows the font without the last word of its name.
    `<style>text{font-family:"${fontFamily}","Noto Sans SC"}${chartRules((name) => lightColours[name])}</style>${body}</svg>`
  );
}

/** A small line alone, without texts. */
export function sparklineFile({ width, height, body }: Drawing): string {
  const { first, faint } = lightColours;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}">` +
    `<style>path{fill:none;stroke:${first};stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}.was{stroke:${faint};stroke-width:1.6;stroke-opacity:.6}.unripe{stroke-dasharray:1 5}.end{stroke-width:7}.mark{stroke:${faint};stroke-width:1;stroke-linecap:butt}</style>${body}</svg>`
  );
}
