import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import type { ReportContext } from "./report-context.ts";
import type { Figure } from "./report-figures.ts";
import { numberText, termsText } from "./describe-figure.ts";

/** What a figure means and what this very number was made of. */
export function renderDefinition(figure: Figure, context: ReportContext): Html {
  const { texts, locale } = context;
  const { definition, metric, state } = figure;
  const known = state === "known" || state === "no_value";
  const part = (term: string, terms: typeof definition.numerator, value: number | null): Fragment =>
    known &&
    value !== null &&
    html`<dt>${term}</dt>
      <dd>${terms !== undefined && html`<code>${termsText(terms)}</code> = `}${numberText(value, locale)}</dd>`;
  return html`<div class="definition">
    <p>${definition.meaning}</p>
    <dl>
      <dt>${texts.formula}</dt>
      <dd><code>${definition.formula}</code></dd>
      ${part(texts.numerator, definition.numerator, metric.numerator)}
      ${part(texts.denominator, definition.denominator, metric.denominator)}
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
      <dd><code>${definition.key}</code> · ${texts.version(definition.definition_version, definition.since)}</dd>
    </dl>
    ${figure.trend.length > 1 && renderTrendTable(figure, context)}
  </div>`;
}

function renderTrendTable(figure: Figure, { texts }: ReportContext): Html {
  return html`<table>
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
  </table>`;
}
