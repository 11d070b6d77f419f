/**
 * The colours of charts. Each series also has a filling or a dot of its own, so that no colour is needed to tell them
 * apart. Contrast of texts is at least 4.5, of lines and areas 3, against the ground of either theme.
 */
export interface ChartColours {
  readonly ground: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  /** Borders of what lies on the page. */
  readonly line: string;
  readonly first: string;
  readonly second: string;
  readonly secondGround: string;
  readonly third: string;
  readonly fourth: string;
}

export const lightColours: ChartColours = {
  ground: "#ffffff",
  text: "#1c2430",
  faint: "#56616f",
  grid: "#e6eaef",
  line: "#dce2e9",
  first: "#1f5fa8",
  second: "#b45309",
  secondGround: "#fbe6cf",
  third: "#0f766e",
  fourth: "#7048b8",
};

export const darkColours: ChartColours = {
  ground: "#161b22",
  text: "#e8ecf1",
  faint: "#a3adba",
  grid: "#2b333e",
  line: "#303945",
  first: "#6cb0f5",
  second: "#f0a35e",
  secondGround: "#4a3520",
  third: "#4cc3b5",
  fourth: "#b596f2",
};

/** The rules of a chart's classes; `colour` says how a colour is written (a value, or a CSS variable). */
export function chartRules(colour: (name: keyof ChartColours) => string): string {
  const [ground, text, faint] = [colour("ground"), colour("text"), colour("faint")];
  return [
    `.t{fill:${faint};font-size:12px}`,
    `.t.h{fill:${text};font-weight:bold}`,
    // Readable where it stands on a line.
    `.t.over{paint-order:stroke;stroke:${ground};stroke-width:4px}`,
    `.grid{stroke:${colour("grid")}}`,
    `.axis{stroke:${faint}}`,
    `.quantile{stroke:${text};stroke-dasharray:4 3}`,
    `.goal{fill:none;stroke:${text};stroke-width:1.4;stroke-dasharray:7 4}`,
    // Above everything, seen by nobody: shows the values of its place on hover.
    ".hit{fill:#000;fill-opacity:0}",
    `.fill1{fill:${colour("first")}}`,
    `.fill2{fill:${colour("secondGround")};stroke:${colour("second")}}`,
    ...(["first", "third", "fourth", "faint"] as const).map(
      (name, i) => `.fill${i + 3}{fill:${ground};stroke:${colour(name)}}`,
    ),
    ...(["second", "first", "third", "fourth", "faint"] as const).map(
      (name, i) => `.pattern${i + 2}{stroke:${colour(name)};stroke-width:1.6}`,
    ),
    `.unripe{stroke:${faint};stroke-opacity:.35;stroke-width:1.2}`,
    `.line1,.line2{fill:none;stroke:${colour("first")};stroke-width:1.8}`,
    `.line2{stroke:${colour("second")};stroke-dasharray:5 3}`,
    `.dot1{fill:${colour("first")}}`,
    `.dot2{fill:${colour("second")}}`,
    `.heat{fill:${colour("first")}}.heat0{fill:${colour("grid")}}`,
    ...heatShares.map((share, i) => `.heat${i + 1}{fill-opacity:${share}}`),
  ].join("");
}

/** How much of the colour each step of a heatmap has, from the least to the most. */
export const heatShares = [0.16, 0.36, 0.57, 0.78, 1] as const;
