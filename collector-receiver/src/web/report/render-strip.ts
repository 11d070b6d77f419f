import type { Locale } from "../../metrics/format-metric.ts";
import { drawSparkline } from "../charts/draw-sparkline.ts";
import { html, trusted } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { dailyLineOf } from "./daily-line.ts";
import type { LineDay } from "./daily-line.ts";
import { noValueText, renderChange, renderFoot, renderGoal, shownValue } from "./render-figure.ts";
import type { BehindLink } from "./render-figure.ts";
import type { ReportContext } from "./report-context.ts";
import { sparklineOf } from "./sparkline-of.ts";
import type { StripFigure, StripParts } from "./strip-figures.ts";

const words = {
  en: {
    label: "Key figures",
    byDay: "By day",
    day: "Day",
    now: "This period",
    before: "Before",
    line: (title: string, first: string, last: string) => `${title} by day, ${first} to ${last}`,
    against: "; grey: the period before",
    unripe: "; dashed: may still change",
    changing: "*",
    changingNote: "* may still change",
  },
  "zh-CN": {
    label: "关键数字",
    byDay: "每日",
    day: "日期",
    now: "本期",
    before: "上期",
    line: (title: string, first: string, last: string) => `${title}，每日，${first}至${last}`,
    against: "；灰色为上期",
    unripe: "；虚线部分仍可能变化",
    changing: "*",
    changingNote: "* 仍可能变化",
  },
} as const satisfies Record<Locale, unknown>;

/** The five figures of the first screen. */
export function renderStrip(
  figures: readonly StripFigure[],
  context: ReportContext,
  behind: (figureKey: string) => readonly BehindLink[],
): Html {
  return html`<section class="strip" aria-label="${words[context.locale].label}">
    ${figures.map((figure) => renderStripFigure(figure, context, behind(figure.figure.key)))}
  </section>`;
}

function renderStripFigure(strip: StripFigure, context: ReportContext, behind: readonly BehindLink[]): Html {
  const { title, figure, beside, caution, parts } = strip;
  const isKnown = figure.state === "known";
  const value = shownValue(figure, context);
  const line = figure.state === "known" || figure.state === "no_value" ? dailyLineOf(context, figure.key) : null;
  return html`<article class="card figure key" id="${figure.key}">
    <div class="head">
      <h2>${title}</h2>
      <p class="value${!isKnown && " none"}${value.length > 9 && " long"}">${value}</p>
      ${isKnown && renderChange(figure, context)} ${renderGoal(figure, context)}
      ${figure.state === "no_value" && html`<p class="aside">${noValueText(figure, context)}</p>`}
      ${parts !== null && renderParts(parts)} ${beside !== null && html`<p class="aside">${beside}</p>`}
      ${caution !== null && html`<p class="aside caution">${caution}</p>`}
    </div>
    ${line !== null && renderLine(title, figure.key, line, context)}
    ${renderFoot(figure, context, behind, line === null ? null : renderLineTable(line, context))}
  </article>`;
}

/** How much of the resolutions somebody confirmed; the numbers stand beside it. */
function renderParts({ confirmed, assumed }: StripParts): Fragment {
  const all = confirmed + assumed;
  if (all === 0) return null;
  const share = Math.round((confirmed / all) * 1000) / 10;
  return trusted(
    `<svg class="parts" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="assumed" width="100" height="6"/><rect class="confirmed" width="${share}" height="6"/></svg>`,
  );
}

function renderLine(title: string, key: string, line: readonly LineDay[], { locale }: ReportContext): Html {
  const own = words[locale];
  const sparkline = sparklineOf(key, line);
  const label =
    own.line(title, line[0]?.name ?? "", line.at(-1)?.name ?? "") +
    (line.some(({ before }) => before !== null) ? own.against : "") +
    (line.slice(sparkline.ripe).some(({ value }) => value !== null) ? own.unripe : "");
  return trusted(drawSparkline(sparkline, label));
}

function renderLineTable(line: readonly LineDay[], { locale }: ReportContext): Html {
  const own = words[locale];
  const isChanging = ({ isUnripe, value }: LineDay): boolean => isUnripe && value !== null;
  const compares = line.some(({ before }) => before !== null);
  return html`<table class="by-day">
      <caption class="left">
        ${own.byDay}
      </caption>
      <thead>
        <tr>
          <th scope="col">${own.day}</th>
          <th scope="col">${own.now}</th>
          ${compares && html`<th scope="col">${own.before}</th>`}
        </tr>
      </thead>
      <tbody>
        ${line.map(
          (day) =>
            html`<tr>
              <th scope="row">${day.name}</th>
              <td>${day.formatted}${isChanging(day) && own.changing}</td>
              ${compares && html`<td>${day.before?.formatted ?? "—"}</td>`}
            </tr>`,
        )}
      </tbody>
    </table>
    ${line.some(isChanging) && html`<p class="aside">${own.changingNote}</p>`}`;
}
