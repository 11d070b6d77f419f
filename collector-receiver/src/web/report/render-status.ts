import { describeInstant } from "../../stats/describe-period.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import type { Branding } from "../../stats/sql/read-branding.ts";
import { segmentText } from "./render-segments.ts";
import { comparisonText } from "./describe-comparison.ts";
import { completenessText } from "./describe-completeness.ts";
import { countText } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";

/**
 * One line: how final the figures are and how complete, with what to know about them one tap away.
 * @param choices of the comparison and of the period; null if nobody can choose
 */
export function renderStatus(context: ReportContext, choices: Fragment): Html {
  const { texts, locale, material, least } = context;
  const { reading, completeness } = material;
  const { recorded, missing, dropped } = completeness;
  const instant = describeInstant(reading.nowMs, reading.tenant.timezone, locale);
  const filtered = segmentText(context);
  const count = (value: number): string => countText(value, locale);
  const look = recorded === 0 ? " unknown" : missing + dropped > 0 ? " gap" : "";
  return html`<div class="status">
    ${renderBranding(material.branding)} ${filtered !== null && html`<strong class="badge">${filtered}</strong>`}
    <details>
      <summary>
        <strong>${texts.states[reading.status]}</strong>
        <span class="badge${look}">${completenessText(context)}</span>
      </summary>
      <p class="meta">${texts.statuses[reading.status]} ${comparisonText(context)}</p>
      ${
        recorded > 0 &&
        least === null &&
        html`<p class="meta">${texts.completeNumbers(count(recorded), count(missing), count(dropped))}</p>`
      }
      <p class="meta">${texts.asOf(instant)} · ${texts.timezone(reading.tenant.timezone)}</p>
    </details>
    ${choices}
  </div>`;
}

/** The tenant's logo and name. The name says it all: the logo is for those who see. */
function renderBranding({ name, logo }: Branding): Fragment {
  if (name === null && logo === null) return null;
  return html`<span class="tenant"
    >${logo !== null && html`<img src="${logo}" alt="" height="24" />`}${name !== null && html`<b>${name}</b>`}</span
  >`;
}
