import { chartRules, darkColours, lightColours } from "../charts/chart-colours.ts";
import type { ChartColours } from "../charts/chart-colours.ts";

const variable = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const variables = (colours: ChartColours): string =>
  Object.entries(colours)
    .map(([name, value]) => `${variable(name)}:${value}`)
    .join(";");

/** System fonts with Chinese ones of every system: nothing is loaded. */
const fonts =
  'system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif';

/** The style of every page, in one element, so that a policy can name it by its hash. */
export const pageStyle = [
  `:root{color-scheme:light dark;${variables(lightColours)};--page:#f4f6f8;--link:#1a56a0;--warn-ground:#fff4d6;--warn-text:#5c4300;--warn-line:#e2c67a}`,
  `@media (prefers-color-scheme:dark){:root{${variables(darkColours)};--page:#0d1117;--link:#82b8f5;--warn-ground:#3a2f10;--warn-text:#f4dfa6;--warn-line:#6d5a22}}`,
  // Printed on white paper, whatever the screen looks like.
  `@media print{:root{color-scheme:light;${variables(lightColours)};--page:#fff;--link:#1c2430;--warn-ground:#fff;--warn-text:#1c2430;--warn-line:#56616f}}`,
  "*,*::before,*::after{box-sizing:border-box}",
  `body{margin:0;background:var(--page);color:var(--text);font:16px/1.6 ${fonts};overflow-wrap:anywhere}`,
  "a{color:var(--link);text-underline-offset:.15em}",
  ":focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}",
  ".skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.4rem .8rem;z-index:1}",
  ".sample{background:var(--warn-ground);color:var(--warn-text);border-bottom:1px solid var(--warn-line);text-align:center;padding:.45rem 1rem;margin:0;font-weight:600}",
  ".wide{max-width:72rem;margin:0 auto;padding:0 1.25rem}",
  "header nav,footer nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:center;padding:.9rem 0;font-size:.9375rem}",
  "header nav a,footer nav a{display:inline-block;padding:.2rem 0}",
  "nav .brand{font-weight:700;margin-right:auto;color:var(--text);text-decoration:none}",
  "h1{font-size:1.9rem;line-height:1.25;margin:.6rem 0 .2rem;letter-spacing:-.01em}",
  "h2{font-size:1.25rem;margin:2.2rem 0 .8rem}h3{font-size:1.05rem;margin:0 0 .5rem}",
  ".meta{color:var(--faint);margin:.15rem 0;font-size:.9375rem}",
  ".badge{display:inline-block;border:1px solid var(--faint);border-radius:999px;padding:.1rem .8rem;margin:.5rem 0 0;font-size:.9375rem;color:var(--text)}",
  ".badge.gap{border-color:var(--second);border-width:2px}",
  ".story{background:var(--ground);border-left:4px solid var(--first);border-radius:0 8px 8px 0;padding:1rem 1.25rem;font-size:1.0625rem;margin:1rem 0}",
  ".story p{margin:0;max-width:60em}",
  ".notes{margin:.5rem 0;padding-left:1.2rem;color:var(--text)}",
  ".grid-of-figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(15.5rem,1fr));gap:1rem}",
  ".card{background:var(--ground);border:1px solid var(--grid);border-radius:10px;padding:1rem 1.1rem}",
  ".figure h3{font-size:.9375rem;font-weight:600;color:var(--faint);margin:0}",
  ".figure .value{font-size:1.85rem;font-weight:700;line-height:1.25;margin:.15rem 0;font-variant-numeric:tabular-nums}",
  ".figure .value.none{color:var(--faint);font-size:1.3rem}",
  ".figure p{margin:.1rem 0;font-size:.9375rem}.figure .aside{color:var(--faint)}",
  ".trend{display:block;width:100%;height:44px;margin:.4rem 0 .1rem}",
  ".trend path{fill:none;stroke:var(--first);stroke-width:1.8;vector-effect:non-scaling-stroke}.trend .now{fill:var(--first)}.trend .was{fill:var(--ground);stroke:var(--first);stroke-width:1.4}",
  "details{margin-top:.5rem;font-size:.9375rem}summary{cursor:pointer;color:var(--link);padding:.2rem 0}",
  "dl{margin:.4rem 0;display:grid;gap:.15rem}dt{color:var(--faint);font-size:.875rem;margin-top:.35rem}dd{margin:0}",
  'code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em;overflow-wrap:anywhere}',
  ".chart{margin:0 0 1rem}.chart .summary{margin:.2rem 0 .6rem;color:var(--faint);font-size:.9375rem}",
  // Drawn twice: at 360 px a chart made for 560 px would have texts of 7 px.
  ".chart svg{display:block;width:100%;height:auto}.chart .narrow{display:none}",
  "@media (max-width:640px){.chart .wide-drawing{display:none}.chart .narrow{display:block}.wide{padding:0 .9rem}h1{font-size:1.5rem}.card{padding:.85rem .9rem}}",
  ".grid-of-charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1rem;align-items:start}.grid-of-charts .chart{margin:0}",
  ".scroll{overflow-x:auto;max-width:100%}",
  "table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums;min-width:100%}",
  "th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid var(--grid);white-space:nowrap}th:first-child,td:first-child,.left{text-align:left}",
  "thead th{color:var(--faint);font-weight:600;white-space:normal;vertical-align:bottom;overflow-wrap:normal;min-width:4.5rem}tbody th{font-weight:400}",
  "footer.wide{color:var(--faint);font-size:.9375rem;margin:2.5rem auto 1.5rem}",
  ".figure .big{font-size:2.6rem;font-weight:700;font-variant-numeric:tabular-nums;line-height:1.2;margin:.2rem 0}",
  chartRules((name) => `var(${variable(name)})`),
  "@page{size:A4;margin:14mm}",
  "@media print{body{font-size:10.5pt;background:#fff}.wide{max-width:none;padding:0}header nav,footer nav,.skip,.no-print,.figure details,.chart details{display:none!important}" +
    ".card{break-inside:avoid;border-color:#c5ccd4}.grid-of-figures{grid-template-columns:repeat(4,1fr);gap:.5rem}.grid-of-charts{grid-template-columns:1fr 1fr;gap:.5rem}" +
    ".figure .value{font-size:1.35rem}.figure p,.figure h3{font-size:.8125rem}.trend{height:28px}h1{font-size:1.5rem;margin-top:0}h2{margin:1.1rem 0 .5rem;break-after:avoid}.story{font-size:1rem;border:1px solid #c5ccd4;border-left:4px solid #1f5fa8}.chart .narrow{display:none}.chart .wide-drawing{display:block}.chart .summary{font-size:.8125rem}.card{padding:.6rem .7rem}a{text-decoration:none}}",
].join("\n");
