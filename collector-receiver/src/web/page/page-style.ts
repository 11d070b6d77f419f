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

/** The rules under which a table of the class is a list of blocks. */
const stackRules = (table: string): string =>
  `${table},${table} tbody,${table} tfoot,${table} tr,${table} th,${table} td{display:block}${table} thead{position:absolute;left:-999px}` +
  `${table} tr{padding:.45rem .2rem;border-bottom:1px solid var(--grid)}${table} tr:last-child{border-bottom:0}${table} :is(tbody,tfoot) :is(th,td){border:0;padding:.1rem .2rem;white-space:normal}` +
  `${table} :is(tbody,tfoot) th{font-weight:600}${table} td[data-label]{display:flex;justify-content:space-between;gap:1rem;text-align:right}${table} td[data-label]::before{content:attr(data-label);color:var(--faint);text-align:left;flex:0 1 auto}${table} .values{min-width:0}${table} td.void{display:none}`;

/** The style of every page, in one element, so that a policy can name it by its hash. */
export const pageStyle = [
  `:root{color-scheme:light dark;${variables(lightColours)};--page:#f3f5f8;--good:#14693b;--bad:#a3340f;--link:#1a56a0;--pill:#eef2f7;--warn-ground:#fff4d6;--warn-text:#5c4300;--warn-line:#e2c67a;--shade:0 1px 2px rgba(20,32,50,.06),0 1px 8px rgba(20,32,50,.04)}`,
  `@media (prefers-color-scheme:dark){:root{${variables(darkColours)};--page:#0d1117;--good:#7fd6a2;--bad:#ffab8a;--link:#82b8f5;--pill:#222a35;--warn-ground:#3a2f10;--warn-text:#f4dfa6;--warn-line:#6d5a22;--shade:none}}`,
  // Printed on white paper, whatever the screen looks like.
  `@media print{:root{color-scheme:light;${variables(lightColours)};--page:#fff;--good:#14693b;--bad:#a3340f;--link:#1c2430;--pill:#fff;--warn-ground:#fff;--warn-text:#1c2430;--warn-line:#56616f;--shade:none}}`,
  "*,*::before,*::after{box-sizing:border-box}",
  `body{margin:0;background:var(--page);color:var(--text);font:16px/1.6 ${fonts};overflow-wrap:anywhere;text-autospace:normal}`,
  "a{color:var(--link);text-underline-offset:.18em;text-decoration-thickness:1px}a:hover{text-decoration-thickness:2px}",
  ":focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}",
  ".skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.4rem .8rem;z-index:1}",
  ".sample{background:var(--warn-ground);color:var(--warn-text);border-bottom:1px solid var(--warn-line);text-align:center;padding:.4rem 1rem;margin:0;font-weight:600;font-size:.9375rem}",
  ".wide{max-width:76rem;margin:0 auto;padding:0 1.5rem}",
  "header.wide{padding-top:.35rem}header nav{display:flex;flex-wrap:wrap;gap:.15rem 1.35rem;align-items:center;padding:.8rem 0;font-size:.9375rem}",
  "header nav a{display:inline-block;padding:.25rem 0;text-decoration:none}header nav a:hover{text-decoration:underline}",
  "nav .brand{display:inline-flex;gap:.5rem;align-items:center;font-weight:700;margin-right:auto;color:var(--text)}",
  ".brand-logo{width:1.3rem;height:1.3rem}.brand-logo rect{fill:var(--first)}.brand-logo path{stroke:var(--ground);stroke-width:2;fill:none}",
  "form.account{display:flex;gap:.5rem;align-items:center}.account span{color:var(--faint);max-width:14rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}button{font:inherit;font-size:.9375rem;color:var(--link);cursor:pointer}.account button{border:0;background:none;padding:.25rem 0}.account button:hover{text-decoration:underline}",
  ".sign-in{max-width:25rem;margin:3rem auto;display:flex;flex-direction:column;gap:.6rem;padding:1.4rem 1.6rem}.sign-in h1{font-size:1.5rem;margin:0 0 .4rem}.sign-in label{font-weight:600}.sign-in input{font:inherit;padding:.5rem .7rem;border:1px solid var(--faint);border-radius:8px;background:var(--page);color:var(--text);width:100%}.sign-in p{margin:0}.sign-in button{padding:.5rem;font-weight:600}",
  "h1{font-size:2rem;line-height:1.2;margin:.5rem 0 .25rem;letter-spacing:-.015em;text-wrap:balance}",
  "h2{font-size:1.3rem;letter-spacing:-.005em;margin:2.4rem 0 .9rem}h3{font-size:1.0625rem;margin:0 0 .4rem}section>h3{margin:1.4rem 0 .5rem}h2+h3{margin-top:0}",
  ".title-row,.under-title{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;justify-content:space-between;align-items:center}.under-title{align-items:flex-start}.under-title>div{flex:1 1 20rem}",
  ".pager,.downloads{display:flex;flex-wrap:wrap;gap:.5rem}.downloads{padding:.25rem 0}",
  ".pager a,.button{display:inline-block;padding:.3rem .85rem;border:1px solid var(--line);border-radius:8px;background:var(--ground);text-decoration:none;font-size:.9375rem;white-space:nowrap}.pager a:hover,.button:hover{border-color:var(--link)}",
  ".crumbs ol{display:flex;flex-wrap:wrap;gap:.1rem .5rem;list-style:none;margin:.6rem 0 0;padding:0;font-size:.9375rem}.crumbs li:not(:last-child)::after{content:'›';margin-left:.5rem;color:var(--faint)}.crumbs li:last-child{color:var(--faint)}",
  ".tabs{display:flex;flex-wrap:wrap;gap:.4rem;margin:.6rem 0 1rem;font-size:.9375rem}.tabs>*{padding:.2rem .8rem;border:1px solid var(--line);border-radius:999px;text-decoration:none;background:var(--ground)}.tabs>[aria-current]{background:var(--first);border-color:var(--first);color:var(--ground);font-weight:600}",
  ".lead{font-size:1.0625rem;margin:.1rem 0}.meta{color:var(--faint);margin:.15rem 0;font-size:.9375rem}",
  ".notice{background:var(--warn-ground);color:var(--warn-text);border:1px solid var(--warn-line);border-radius:8px;padding:.5rem .9rem;margin:.6rem 0}",
  ".badge::before{display:inline-block;margin-right:.4rem;vertical-align:-.02em}",
  // A full ring, a broken one, none: told apart without colour.
  ".badge::before{content:'';width:.7rem;height:.7rem;border-radius:50%;border:.2rem solid var(--first);background:var(--first)}.badge.gap::before{border-color:var(--second);border-style:dashed;background:none}.badge.unknown::before{border-color:var(--faint);background:none}",
  ".tag{display:inline-block;background:var(--pill);border-radius:6px;padding:0 .5rem;white-space:nowrap}",
  ".story{background:var(--ground);border:1px solid var(--line);border-left:4px solid var(--first);border-radius:4px 12px 12px 4px;padding:1.1rem 1.4rem;box-shadow:var(--shade)}",
  ".story>p{margin:0;font-size:1.125rem;line-height:1.7;max-width:52em}.story>.meta{font-size:.9375rem;margin-top:.5rem}.story h3{font-size:.9375rem;margin:.9rem 0 .2rem;color:var(--faint)}",
  ".notes{margin:0;padding-left:1.2rem;font-size:.9375rem;color:var(--text)}",
  ".grid-of-figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1rem;grid-auto-flow:dense}",
  ".card{background:var(--ground);border:1px solid var(--line);border-radius:12px;padding:1rem 1.15rem;box-shadow:var(--shade)}",
  ".figure{display:flex;flex-direction:column}.figure h3,.figure h4{font-size:.9375rem;font-weight:600;color:var(--faint);margin:0}",
  ".figure .value{font-size:1.75rem;font-weight:700;line-height:1.25;letter-spacing:-.01em;margin:.1rem 0 .15rem;font-variant-numeric:tabular-nums}",
  ".change.good{color:var(--good)}.change.bad{color:var(--bad)}",
  // The first screen: five figures beside each other, each with a line by day.
  ".status{position:relative;display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;align-items:baseline;font-size:.9375rem;margin:.1rem 0 .7rem}.status details{margin:0}.status>details:first-of-type{flex:0 1 auto}.status summary{color:var(--text)}.status strong{margin-right:.5rem}.tenant{display:inline-flex;gap:.5rem;align-items:center}.tenant img{height:24px;max-width:120px}.pager{flex-wrap:nowrap}.menu>summary{border:1px solid var(--line);border-radius:8px;background:var(--ground);padding:.05rem .6rem}.menu[open]>summary{border-color:var(--link)}.choices{position:absolute;z-index:2;left:0;top:100%;width:min(100%,36rem);margin-top:.3rem;padding:.6rem .9rem;background:var(--ground);border:1px solid var(--line);border-radius:12px;box-shadow:0 6px 24px rgba(20,32,50,.18)}.menu form{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:center;padding:.2rem 0}.menu input{font:inherit;font-size:.9375rem;padding:.1rem .4rem;border:1px solid var(--faint);border-radius:6px;background:var(--ground);color:var(--text)}.menu button{border:1px solid var(--faint);border-radius:6px;background:var(--ground);padding:.1rem .7rem}.menu nav{display:flex;flex-wrap:wrap;gap:.1rem 1rem;padding:.2rem 0}",
  ".strip{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:.8rem}.strip h2{font-size:.9375rem;font-weight:600;color:var(--faint);margin:0;letter-spacing:0}.key{border-top:3px solid var(--first);display:grid;grid-row:span 3;grid-template-rows:subgrid;row-gap:0}.key .head{display:flex;flex-direction:column;grid-row:1}.key>.spark{grid-row:2}.key>.foot{grid-row:3;align-self:start;margin:0}.key .aside{font-size:.8125rem}.key.figure .value{font-size:2.1rem;line-height:1.2;white-space:nowrap}.key.figure .value.none{font-size:1.6rem}.strip .key:has(details[open]){grid-column:1/-1}",
  ".parts{display:block;width:100%;height:7px;border-radius:4px;margin:.4rem 0 .15rem}.parts .confirmed{fill:var(--first)}.parts .assumed{fill:var(--second-ground);stroke:var(--second)}",
  ".spark{display:block;width:100%;height:48px;margin:0;padding-top:.4rem}.key:has(details[open]) .spark{height:90px}.spark path{fill:none;stroke:var(--first);stroke-width:2;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}.spark .was{stroke:var(--faint);stroke-width:1.2;opacity:.75}.spark .unripe{stroke-dasharray:1 5}.spark .end{stroke-width:6}.spark .mark{stroke:var(--faint);stroke-width:1;stroke-linecap:butt;stroke-dasharray:2 3}",
  ".key .value.long{font-size:1.35rem!important}.by-day{max-width:34rem;min-width:0}.downloads{margin:.8rem 0 0;justify-content:flex-end}",
  "@media screen and (min-width:641px) and (max-width:1100px){.strip{grid-template-columns:repeat(6,minmax(0,1fr))}.strip .key{grid-column:span 2}.strip .key:nth-child(n+4){grid-column:span 3}}",
  ".figure .value.none{color:var(--faint);font-size:1.4rem}",
  ".figure p{margin:.1rem 0;font-size:.9375rem}.figure .aside{color:var(--faint);font-size:.875rem;line-height:1.45}",
  ".figure .change{align-self:flex-start;white-space:nowrap;background:var(--pill);border-radius:6px;padding:.05rem .5rem;font-size:.875rem;font-variant-numeric:tabular-nums}",
  ".trend{display:block;width:100%;max-width:14rem;height:40px;margin:.5rem 0 .1rem}",
  ".trend path{fill:none;stroke:var(--first);stroke-width:1.8;vector-effect:non-scaling-stroke}.trend .now{fill:var(--first)}.trend .was{fill:var(--ground);stroke:var(--first);stroke-width:1.4}",
  ".foot{display:flex;flex-wrap:wrap;gap:0 1rem;justify-content:space-between;align-items:baseline;margin-top:auto;padding-top:.5rem;font-size:.875rem}.foot details{margin:0;font-size:inherit}.foot details[open]{flex:1 1 100%}.foot .behind{margin:0;padding:.2rem 0}.behind{display:flex;flex-wrap:wrap;gap:0 1rem}.figure .behind{font-size:.875rem}",
  "details{margin-top:.5rem;font-size:.9375rem}summary{cursor:pointer;color:var(--link);padding:.2rem 0;width:fit-content}summary:hover{text-decoration:underline}",
  ".definition{border-top:1px solid var(--grid);margin-top:.3rem;padding-top:.3rem}.definition table{margin-top:.5rem}",
  // Lines of figures: name and number, below them the change and what leads further.
  ".more{margin-top:1rem;padding-bottom:.5rem}.more>summary{font-weight:600}.more>.aside{margin:.5rem 0 .2rem;padding-top:.4rem;border-top:1px solid var(--grid);font-size:.875rem;color:var(--faint)}.lines{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:0 2.25rem}.line{display:grid;grid-template-columns:1fr auto;gap:0 .8rem;align-items:baseline;align-content:start;border-top:1px solid var(--grid);padding:.4rem 0}.lines .line h4{color:var(--text);font-weight:400}.line .value,.line .value.none{font-size:1.0625rem;text-align:right;margin:0}.line .beside{grid-column:2;justify-self:end;text-align:right}.line .foot{grid-column:1;grid-row:2;margin:0;padding:0;justify-content:flex-start;gap:0 1rem}.line:has(details[open]){grid-column:1/-1}",
  "dl{margin:.4rem 0;display:grid;gap:.15rem}dt{color:var(--faint);font-size:.875rem;margin-top:.35rem}dd{margin:0}",
  "pre{margin:.3rem 0;white-space:pre-wrap;font-size:.9375rem}",
  ".facts{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:1rem 0}.facts dt{margin:0}",
  'code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em;overflow-wrap:anywhere}',
  ".chart{margin:0;display:flex;flex-direction:column}.chart .summary{margin:0 0 .8rem;color:var(--faint);font-size:.9375rem}",
  // Drawn twice: at 360 px a chart made for 560 px would have texts of 7 px.
  ".chart svg{display:block;width:100%;height:auto}.chart .narrow{display:none}",
  ".grid-of-charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:1rem}",
  // What became of the conversations: a tree whose bars are shares of all of them.
  ".tree,.tree ul{list-style:none;margin:0;padding:0}.tree ul{padding-left:1.1rem;border-left:2px solid var(--grid);margin-left:.2rem}.node{display:grid;grid-template-columns:1fr auto 3.8rem;gap:0 .8rem;align-items:baseline;padding:.22rem 0;font-variant-numeric:tabular-nums;white-space:nowrap}.node>span:first-child{white-space:normal}.node .share{color:var(--faint);font-size:.875rem;text-align:right}.node svg{grid-column:1/-1;display:block;width:100%;height:4px;margin-top:.1rem}.node .all{fill:var(--grid)}.node .part{fill:var(--first)}.node.leak .part{fill:var(--second)}.outcomes .leaks{margin:0 0 .7rem}.outcomes .aside{color:var(--faint);font-size:.875rem;margin:.5rem 0 0}.outcomes .summary{color:var(--faint)}.hours{margin-top:1rem;padding-top:.4rem;padding-bottom:.4rem}.hours>details>summary{font-weight:600;font-size:1rem}.hours svg{max-width:760px}.hours .chart{border:0;box-shadow:none;padding:.3rem 0 .6rem;background:none}",
  ".scroll{overflow-x:auto;max-width:100%}.card.scroll{padding:.5rem .6rem}.meta+.card{margin-top:.8rem}",
  "table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums;min-width:100%}",
  "th,td{text-align:right;padding:.35rem .6rem;border-bottom:1px solid var(--grid);white-space:nowrap}th:first-child,td:first-child,.left{text-align:left}tbody tr:last-child>*{border-bottom:0}tbody tr:hover>*{background:var(--pill)}",
  "thead th{color:var(--faint);font-weight:600;white-space:normal;vertical-align:bottom;overflow-wrap:normal;min-width:4.5rem}tbody th{font-weight:400}",
  ".events td,.events th{vertical-align:top}.events .values{white-space:normal;min-width:15rem;line-height:1.75}.value-of{display:inline-block;background:var(--pill);border-radius:6px;padding:0 .45rem;margin:0 .15rem .15rem 0;font-size:.875rem}.value-of code{color:var(--faint)}td code[title]{display:inline-block;max-width:9.5rem;overflow:hidden;text-overflow:ellipsis;vertical-align:bottom;white-space:nowrap}a code[title]{text-decoration:underline}",
  "form.filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:.6rem 0}form.filter label{display:grid;grid-template-columns:minmax(0,1fr);max-width:100%;gap:.1rem;font-size:.875rem;color:var(--faint)}.filter .link{width:30rem;font-family:ui-monospace,monospace}form.filter input,form.filter select{font:inherit;font-size:.9375rem;color:var(--text);background:var(--ground);border:1px solid var(--faint);border-radius:8px;padding:.25rem .5rem;max-width:100%}",
  "thead a{color:inherit}tfoot td,tfoot th{font-weight:600;border-top:2px solid var(--line);border-bottom:0}@media (max-width:640px){.stack thead:has(a){display:none}}",
  // What happened, along a line; a mark for whose doing it is.
  ".timeline{list-style:none;margin:.8rem 0;padding:.6rem 1.15rem}.timeline li{display:grid;grid-template-columns:9.5rem 1fr;gap:0 1.8rem;padding:.35rem 0;position:relative}.timeline time{color:var(--faint);font-variant-numeric:tabular-nums;font-size:.9375rem}.timeline p{margin:0}.timeline li>div{position:relative;min-width:0}.timeline li>div::before{content:'';position:absolute;left:-1.35rem;top:.45rem;width:.7rem;height:.7rem;border-radius:50%;border:2px solid var(--first);background:var(--ground)}.timeline .human>div::before{background:var(--second);border-color:var(--second);border-radius:2px}.timeline .turn>div::before{border-color:var(--second)}.timeline details{margin:0;font-size:.875rem}.timeline .facts{margin:.3rem 0}@media (max-width:640px){.timeline li{grid-template-columns:1fr;padding-left:1.3rem}}",
  // A list on a narrow screen: a row is a block of lines, each with the name of its column.
  `@media screen and (max-width:640px){${stackRules(".stack")}}@media screen and (max-width:900px){${stackRules(".events.stack")}}`,
  "footer.wide{color:var(--faint);font-size:.9375rem;margin:2.5rem auto 1.5rem}",
  ".figure .big{font-size:2.8rem;font-weight:700;letter-spacing:-.015em;font-variant-numeric:tabular-nums;line-height:1.15;margin:.2rem 0}",
  // A wall is read from across the room.
  ".wall .figure h3{font-size:1.0625rem}@media (min-width:1100px){.wall .grid-of-figures{grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))}.wall .big{font-size:3.6rem}}.wall .grid-of-figures.small .big{font-size:2rem}.wall .now[data-alert=true] .figure:nth-child(-n+2){border-top:3px solid var(--second)}.wall .more-counters section>h3{font-size:1.0625rem;margin:1.2rem 0 .6rem}",
  "@media (min-width:1500px){body:has(.wall) .wide{max-width:none;padding:0 3rem}.wall h1{font-size:2.6rem}.wall .meta{font-size:1.25rem}.wall .grid-of-figures{grid-template-columns:repeat(5,minmax(0,1fr))}.wall .figure h3{font-size:1.5rem}.wall .big{font-size:6rem}.wall .figure .aside{font-size:1.25rem}}",
  "#state::before{content:'';display:inline-block;width:.65rem;height:.65rem;border-radius:50%;margin-right:.4rem;border:2px solid var(--faint)}#state[data-now=open]::before{background:var(--first);border-color:var(--first)}#state[data-now=lost]::before{border-color:var(--second);border-style:dashed}",
  // Two cards in a row on a phone; an open definition has the whole row.
  "@media (max-width:640px){.chart .wide-drawing{display:none}.chart .narrow{display:block}.wide{padding:0 1rem}h1{font-size:1.6rem}.card{padding:.8rem .85rem}.story{padding:.9rem 1rem}.story>p{font-size:1.0625rem}" +
    ".grid-of-figures{grid-template-columns:repeat(2,minmax(0,1fr));gap:.6rem}.figure .change{white-space:normal}.card.figure .value{font-size:1.4rem}.strip{grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}.strip .key:first-child{grid-column:1/-1}.key.card{padding:.45rem .7rem .3rem}.card.key.figure .value{font-size:1.6rem;margin:0}.key.figure .aside{font-size:.8125rem;line-height:1.3;margin:0}.key.figure .change{font-size:.8125rem;margin:0}.spark{height:30px;padding-top:.2rem}.card.key>.foot{padding-top:0;margin-top:0;flex-direction:row}.key:not(:has(details[open])) .behind{display:none}.key summary{padding:0}.status{margin-bottom:.4rem;font-size:.875rem;gap:.1rem .9rem}.strip .key:first-child:not(:has(details[open])){grid-template-columns:auto 1fr;column-gap:1rem}.strip .key:first-child:not(:has(details[open]))>*{grid-column:1}.strip .key:first-child:not(:has(details[open]))>.spark{grid-area:1/2/4/3;align-self:center;height:64px}.downloads{justify-content:flex-start;gap:.4rem}.downloads .button{padding:.3rem .6rem}.pager span{position:absolute;left:-999px}.pager a{padding:.15rem .8rem}.title-row{flex-wrap:nowrap}.sample{font-size:.8125rem;padding:.15rem .5rem}header.wide{padding-top:0}header nav{padding:.45rem 0}h1{margin:.2rem 0}.figure h3{font-size:.875rem;line-height:1.4}.figure .big{font-size:1.9rem}.grid-of-figures .figure:has(details[open]){grid-column:1/-1}.card>.foot{flex-direction:column;gap:0}header nav{gap:.1rem .85rem;font-size:.875rem}}",
  chartRules((name) => `var(${variable(name)})`),
  "@page{size:A4;margin:13mm}",
  "@media print{body{font-size:10pt;background:#fff;line-height:1.45}.wide{max-width:none;padding:0}header.wide,.skip,.no-print,.figure details,.chart details,.foot{display:none!important}" +
    ".card{break-inside:avoid;padding:.5rem .65rem}.more{break-inside:auto}.grid-of-figures{grid-template-columns:repeat(4,1fr);gap:.45rem}.grid-of-charts{grid-template-columns:1fr 1fr;gap:.45rem}" +
    ".strip{grid-template-columns:repeat(5,1fr);gap:.45rem}.strip .key:first-child{grid-column:auto}.figure .value,.key.figure .value,.card.key.figure .value{font-size:1.25rem}.strip h2{font-size:.78rem;margin:0}.spark{height:30px}.status summary{list-style:none}.figure p,.figure h3{font-size:.78rem}.figure .change{padding:0}.trend{height:22px;margin:.2rem 0 0}h1{font-size:1.55rem;margin-top:0}h2{font-size:1.1rem;margin:1rem 0 .4rem;break-after:avoid}.story{padding:.6rem .8rem}.story>p{font-size:.95rem;line-height:1.55}.chart .narrow{display:none}.chart .wide-drawing{display:block}.chart .summary{font-size:.78rem;margin-bottom:.3rem}.chart h3{font-size:.95rem}a{text-decoration:none}" +
    ".lines{grid-template-columns:1fr 1fr 1fr;gap:0 1.2rem}.line{break-inside:avoid;padding:.15rem 0}.line .value{font-size:.85rem}.line h4{font-size:.78rem}.line .beside{display:none}}",
].join("\n");
