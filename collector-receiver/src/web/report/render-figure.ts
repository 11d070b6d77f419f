import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { goalWords, hasBefore, judgedChangeOf, sampleText } from "./describe-figure.ts";
import type { ReportContext } from "./report-context.ts";
import type { Figure } from "./report-figures.ts";
import { renderDefinition } from "./render-definition.ts";
import { renderTrend } from "./render-trend.ts";

/** A way from a figure to what it was counted from. */
export interface BehindLink {
  readonly href: string;
  readonly text: string;
}

/** A figure as a card, with the ways to what is behind it. */
export function renderFigure(figure: Figure, context: ReportContext, behind: readonly BehindLink[]): Html {
  const { definition, state, key } = figure;
  const sample = sampleText(figure, context);
  const known = state === "known";
  return html`<article class="card figure" id="${key}">
    <h3>${definition.name}</h3>
    <p class="value${!known && " none"}">${shownValue(figure, context)}</p>
    ${known && renderChange(figure, context)}
    ${state === "no_value" && html`<p class="aside">${noValueText(figure, context)}</p>`}
    ${known && sample !== null && html`<p class="aside">${sample}</p>`} ${renderGoal(figure, context)}
    ${state !== "withheld" && renderTrend(figure.trend)} ${renderFoot(figure, context, behind)}
  </article>`;
}

/** A figure in a line: name, number, change, and the same definition one tap away. */
export function renderFigureLine(figure: Figure, context: ReportContext, behind: readonly BehindLink[]): Html {
  const { definition, state, key } = figure;
  const known = state === "known";
  const sample = sampleText(figure, context);
  return html`<article class="figure line" id="${key}">
    <h4>${definition.name}</h4>
    <p class="value${!known && " none"}">${shownValue(figure, context)}</p>
    <div class="beside">
      ${known && figure.metric.change !== null && !figure.previousWithheld && renderChange(figure, context)}
      ${known && sample !== null && html`<p class="aside">${sample}</p>`} ${renderGoal(figure, context)}
    </div>
    ${renderFoot(figure, context, behind)}
  </article>`;
}

/** Whether a figure reaches its goal, as a line of its own; nothing if it may not be seen. */
export function renderGoal({ metric, state }: Figure, context: ReportContext): Fragment {
  const words = state === "known" || state === "no_value" ? goalWords(metric, context) : null;
  return words !== null && html`<p class="aside goal">${words}</p>`;
}

/** The definition one tap away, and the way to what is behind a figure. */
export function renderFoot(
  figure: Figure,
  context: ReportContext,
  behind: readonly BehindLink[],
  more: Fragment = null,
): Html {
  return html`<div class="foot">
    <details>
      <summary>${context.texts.definition}</summary>
      ${renderDefinition(figure, context)} ${more}
    </details>
    ${figure.state === "known" && renderBehind(figure, behind)}
  </div>`;
}

export function shownValue({ metric, state }: Figure, { texts }: ReportContext): string {
  return state === "known" ? metric.formatted : state === "withheld" ? texts.withheld : "—";
}

/** Why there is no number: nothing to divide by, or nothing that adds up over these days. */
export function noValueText({ metric }: Figure, { texts }: ReportContext): string {
  if (metric.reason === "not_filtered") return texts.notFiltered;
  return metric.denominator === 0 ? texts.nothingToDivideBy : texts.noValue;
}

/** Nothing is behind a count of 0. */
function renderBehind({ metric }: Figure, links: readonly BehindLink[]): Fragment {
  const isNone = metric.value === 0 && metric.denominator === null;
  return (
    links.length > 0 &&
    !isNone &&
    html`<p class="behind no-print">${links.map(({ href, text }) => html`<a href="${href}">${text}</a> `)}</p>`
  );
}

/** The change in a pill of its own; nothing if the month before has nothing at all, which is said once above. */
export function renderChange(figure: Figure, context: ReportContext): Fragment {
  if (!hasBefore(context)) return null;
  const change = judgedChangeOf(figure, context);
  return html`<p class="change ${change?.judgement ?? "neutral"}">
    ${change?.text ?? context.texts.nothingToCompare}
  </p>`;
}
