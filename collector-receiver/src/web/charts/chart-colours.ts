/**
 * The colours of charts. Blue and orange are told apart with any colour vision; each also has its own filling
 * or dot. Contrast of texts is at least 4.5, of lines and areas 3, against the ground of either theme.
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
};

/** The rules of a chart's classes; `colour` says how a colour is written (a value, or a CSS variable). */
export function chartRules(colour: (name: keyof ChartColours) => string): string {
  return [
    `.t{fill:${colour("faint")};font-size:12px}`,
    `.t.h{fill:${colour("text")};font-weight:bold}`,
    // Readable where it stands on a line.
    `.t.over{paint-order:stroke;stroke:${colour("ground")};stroke-width:4px}`,
    `.grid{stroke:${colour("grid")}}`,
    `.axis{stroke:${colour("faint")}}`,
    `.quantile{stroke:${colour("text")};stroke-dasharray:4 3}`,
    `.fill1{fill:${colour("first")}}`,
    `.fill2{fill:${colour("secondGround")};stroke:${colour("second")}}`,
    `.hatch{stroke:${colour("second")};stroke-width:1.6}`,
    `.line1,.line2{fill:none;stroke:${colour("first")};stroke-width:1.8}`,
    `.line2{stroke:${colour("second")};stroke-dasharray:5 3}`,
    `.dot1{fill:${colour("first")}}`,
    `.dot2{fill:${colour("second")}}`,
  ].join("");
}
