import { fractionOf } from "../../metrics/exact-fraction.ts";
import { formatCount, formatSpan } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeInstant } from "../../stats/describe-period.ts";
import type { ClockAhead } from "../../stats/sql/read-clocks-ahead.ts";
import { html } from "../page/html.ts";
import type { Fragment } from "../page/html.ts";
import { renderTable, textHeads } from "../page/render-table.ts";
import { qualityTexts } from "./quality-texts.ts";

/** The senders whose clock runs ahead, by how much, and how many of their events wait; nothing if there are none. */
export function renderClocks(clocks: readonly ClockAhead[], timezone: string, locale: Locale): Fragment {
  const words = qualityTexts[locale].clocks;
  if (clocks.length === 0) return null;
  return html`<h2>${words.title}</h2>
    <p>${words.meaning}</p>
    ${renderTable(
      words.title,
      textHeads([words.service, words.ahead, words.arrived, words.waiting]),
      clocks.map(
        ({ service_name: service, ahead_ms: ahead, arrived_at: arrived, waiting }) =>
          html`<tr>
            <th scope="row">${service ?? "—"}</th>
            <td data-label="${words.ahead}">${formatSpan(fractionOf(String(ahead)), locale)}</td>
            <td data-label="${words.arrived}" class="left">
              ${describeInstant(Date.parse(arrived), timezone, locale)}
            </td>
            <td data-label="${words.waiting}">${formatCount(waiting, locale)}</td>
          </tr>`,
      ),
    )}`;
}
