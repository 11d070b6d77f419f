import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { DescribedMetric } from "../../stats/describe-dictionary.ts";
import { px } from "../charts/drawing.ts";
import { linearScale } from "../charts/scale.ts";
import { html, trusted } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import type { ReportContext } from "./report-context.ts";
import type { Figure, TrendPoint } from "./report-figures.ts";

/** A figure as a card. `sessionsHref` leads to the sessions behind it, where there is such a list. */
export function renderFigure(figure: Figure, context: ReportContext, sessionsHref: string | null): Html {
  const { texts } = context;
  const { definition, metric, state } = figure;
  const sample = sampleText(figure, context);
  const shown = state === "known" ? metric.formatted : state === "withheld" ? texts.withheld : "—";
  return html`<article class="card figure" id="${figure.key}">
    <h3>${definition.name}</h3>
    <p class="value${state === "known" ? "" : " none"}">${shown}</p>
    ${state === "no_value" && html`<p class="aside">${texts.noValue}</p>`}
    ${state === "known" && sample !== null && html`<p class="aside">${sample}</p>`}
    ${state === "known" && html`<p>${changeText(figure, context)}</p>`}
    ${state !== "withheld" && renderTrend(figure.trend)}
    <details>
      <summary>${texts.definition}</summary>
      ${renderDefinition(figure, context)}
    </details>
    ${sessionsHref !== null && state === "known" && html`<p class="no-print"><a href="${sessionsHref}">${texts.sessionsBehind}</a></p>`}
  </article>`;
}

/** Few samples, and what is assumed, in words beside the number; null where there is nothing to add. */
export function sampleText({ metric, definition, key }: Figure, context: ReportContext): string | null {
  const { texts, locale, material } = context;
  const count = (value: number | null): string => formatCount(value ?? 0, locale);
  if (metric.low_sample && metric.denominator !== null) {
    return definition.unit === "percent"
      ? texts.lowSample(count(metric.numerator), count(metric.denominator))
      : texts.fewSamples(count(metric.denominator));
  }
  const assumed = Number(material.facts.counters.ai_resolved_idle ?? 0);
  const few = context.least !== null && assumed < context.least;
  return key === "ai_resolution_rate" && assumed > 0 && !few ? texts.assumed(count(assumed)) : null;
}

/** The change against the period before, in words with an arrow: not by colour. */
export function changeText({ metric, previousWithheld }: Figure, { texts }: ReportContext): string {
  const { change } = metric;
  if (change === null || previousWithheld) return texts.nothingToCompare;
  const amount = change.formatted.replace(/^[+-]/, "");
  const points = change.unit === "percentage_points" ? ` ${texts.points}` : "";
  if (change.direction === "same" || Number.parseFloat(amount) === 0) return `＝ ${texts.unchanged}`;
  return change.direction === "up" ? `▲ ${texts.changeUp(amount + points)}` : `▼ ${texts.changeDown(amount + points)}`;
}

/** The last months as a line; its numbers stand in the definition. */
function renderTrend(points: readonly TrendPoint[]): Html | null {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (known.length < 2) return null;
  const [width, height] = [200, 40];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = linearScale(0, points.length - 1, 5, width - 10);
  const y = linearScale(low, high === low ? low + 1 : high, height - 6, 12 - height);
  const places = points.flatMap(({ value }, i) => (value === null ? [] : [{ i, at: `${px(x(i))} ${px(y(value))}` }]));
  const path = places.map(({ i, at }, n) => `${n > 0 && places[n - 1]?.i === i - 1 ? "L" : "M"}${at}`).join("");
  const marks = points.map(({ value }, i) =>
    value === null
      ? ""
      : `<circle class="${i === points.length - 1 ? "now" : "was"}" cx="${px(x(i))}" cy="${px(y(value))}" r="${i === points.length - 1 ? 3.4 : 2.2}"/>`,
  );
  return trusted(
    `<svg class="trend" viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false"><path d="${path}"/>${marks.join("")}</svg>`,
  );
}

function renderDefinition(figure: Figure, context: ReportContext): Html {
  const { texts } = context;
  const { definition, metric, state } = figure;
  const known = state === "known" || state === "no_value";
  return html`<p>${definition.meaning}</p>
    <dl>
      <dt>${texts.formula}</dt>
      <dd><code>${definition.formula}</code></dd>
      ${
        known &&
        metric.numerator !== null &&
        html`<dt>${texts.numerator}</dt>
          <dd><code>${termsText(definition.numerator)}</code> = ${numberText(metric.numerator, context.locale)}</dd>`
      }
      ${
        known &&
        metric.denominator !== null &&
        html`<dt>${texts.denominator}</dt>
          <dd>
            <code>${termsText(definition.denominator)}</code> = ${numberText(metric.denominator, context.locale)}
          </dd>`
      }
      ${
        known &&
        !figure.previousWithheld &&
        html`<dt>${texts.before}</dt>
          <dd>${metric.previous.formatted}</dd>`
      }
      <dt>${texts.periodRule}</dt>
      <dd>${definition.period_rule}</dd>
      ${
        definition.edge_cases !== null &&
        html`<dt>${texts.edgeCases}</dt>
          <dd>${definition.edge_cases}</dd>`
      }
      <dt>${texts.key}</dt>
      <dd><code>${definition.key}</code></dd>
    </dl>
    <p>${texts.version(definition.definition_version, definition.since)}</p>
    ${
      figure.trend.length > 0 &&
      html`<table>
        <caption class="left">
          ${texts.trend}
        </caption>
        <tbody>
          ${figure.trend.map(
            ({ label, formatted }) =>
              html`<tr>
                <th scope="row">${label}</th>
                <td>${formatted}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
    }`;
}

export function termsText(terms: DescribedMetric["numerator"]): string {
  return terms === undefined ? "" : [terms.add.join(" + "), ...terms.subtract].join(" − ");
}

/** A sum as it is stored, every digit of it. */
export function numberText(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(value);
}
