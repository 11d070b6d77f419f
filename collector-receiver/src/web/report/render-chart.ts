import { inlineSvg } from "../charts/write-svg.ts";
import type { ChartCell, ReportChart } from "../charts/report-chart.ts";
import { html, trusted } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import type { ReportContext } from "./report-context.ts";

/** Widths for which a chart is drawn; the style shows the one that fits. */
const wideDrawing = 560;
/** Of a chart that has the whole page's width. */
export const widestDrawing = 760;
const narrowDrawing = 350;

/**
 * A chart with its data as a table.
 * @param pictureHref leads to the chart as PNG; null if there is none
 * @param width px for which it is drawn if the screen is not a phone's
 */
export function renderChart(
  chart: ReportChart,
  context: ReportContext,
  pictureHref: string | null,
  width = wideDrawing,
): Html {
  const { texts } = context;
  const label = `${chart.title}: ${chart.summary}`;
  return html`<figure class="card chart" id="${chart.id}">
    <h3>${chart.title}</h3>
    <p class="summary">${chart.summary}</p>
    ${
      chart.draw !== null && [
        trusted(inlineSvg(chart.draw(width, `${chart.id}-w`), "wide-drawing", label)),
        // Phones have no pointer that could hover.
        trusted(inlineSvg({ ...chart.draw(narrowDrawing, `${chart.id}-n`), hovers: "" }, "narrow", label)),
      ]
    }
    <div class="foot">
      ${
        chart.table.rows.length > 0 &&
        html`<details>
          <summary>${texts.dataTable}</summary>
          ${renderTable(chart)}
        </details>`
      }
      ${chart.more !== undefined && html`<p class="behind no-print"><a href="${chart.more.href}">${chart.more.text}</a></p>`}
      ${pictureHref !== null && chart.draw !== null && html`<p class="behind no-print"><a href="${pictureHref}">${texts.savePicture}</a></p>`}
    </div>
  </figure>`;
}

function renderTable({ table, title }: ReportChart): Html {
  // Reached by keyboard, so that a table that is wider than the screen can be scrolled without a mouse.
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
    <table>
      <thead>
        <tr>
          ${table.columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${table.rows.map(
          ([first, ...cells]) =>
            html`<tr>
              <th scope="row">${linked(first)}</th>
              ${cells.map((cell) => html`<td>${linked(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function linked(cell: ChartCell | undefined): Fragment {
  return cell?.href === undefined ? cell?.text : html`<a href="${cell.href}">${cell.text}</a>`;
}
