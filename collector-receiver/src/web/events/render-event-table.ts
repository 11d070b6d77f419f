import type { PeriodAddress } from "../../stats/name-period.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { linkTo } from "../page/page-links.ts";
import { eventTexts } from "./event-texts.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";
import { renderTable, textHeads } from "../page/render-table.ts";

type EventColumn = "event" | "agent" | "session" | "ticket" | "service";

export interface EventTableView {
  readonly label: string;
  readonly timezone: string;
  readonly locale: Locale;
  /** The period that links to agents lead to. */
  readonly at: PeriodAddress | null;
  readonly columns: readonly EventColumn[];
  /** Address of a trace with `{trace_id}` in it; without it, ids are shown as text. */
  readonly traceUrlTemplate?: string | undefined;
  /** The names of agents that are known. */
  readonly agentNames: ReadonlyMap<number, string>;
}

/** Ids have columns and links of their own; a customer is never shown beside an event. */
const ownColumns: ReadonlySet<string> = new Set(["session_id", "user_id", "agent_id", "ticket_id", "agent_name"]);

/** Events in order as a table: when, who, about what, with which values, in which trace. Never a message's text. */
export function renderEventTable(events: readonly ListedEvent[], view: EventTableView): Html {
  const words = eventTexts[view.locale];
  const moment = describeMoment(view.timezone, view.locale);
  const cellOf: Readonly<Record<EventColumn, (event: ListedEvent) => Fragment>> = {
    event: ({ event_name: name }) => html`<code>${name}</code>`,
    agent: ({ agent_id: id }) =>
      id === null
        ? "—"
        : html`<a href="${linkTo(`/report/agents/${id}`, { ...view.at, lang: view.locale })}"
            >${view.agentNames.get(id) ?? words.unnamed(String(id))}</a
          >`,
    session: ({ session_id: id }) =>
      id === null
        ? "—"
        : html`<a href="${linkTo(`/report/sessions/${encodeURIComponent(id)}`, { lang: view.locale })}"
            ><code>${id}</code></a
          >`,
    ticket: ({ ticket_id: id }) =>
      id === null
        ? "—"
        : html`<a href="${linkTo(`/report/tickets/${id}`, { ...view.at, lang: view.locale })}">#${id}</a>`,
    service: ({ service_name: name }) => name ?? "—",
  };
  return renderTable(
    view.label,
    html`<th scope="col">${words.time}</th>
      ${textHeads([...view.columns.map((column) => words[column]), words.attributes, words.trace])}`,
    events.map(
      (event) =>
        html`<tr>
          <th scope="row">${moment(Date.parse(event.occurred_at))}</th>
          ${view.columns.map((column) => renderCell(words[column], cellOf[column](event)))}
          <td class="left values">${renderAttributes(event, view.locale)}</td>
          ${renderCell(words.trace, renderTrace(event.trace_id, view.traceUrlTemplate))}
        </tr>`,
    ),
    "events stack",
  );
}

/** A cell with nothing in it is left out where a row is a block of lines. */
function renderCell(label: string, content: Fragment): Html {
  return html`<td data-label="${label}" class="left${content === "—" && " void"}">${content}</td>`;
}

export function renderAttributes(event: ListedEvent, locale: Locale): Fragment {
  const shown = Object.entries(event.attributes).filter(([name]) => !ownColumns.has(name));
  return [
    shown.map(
      ([name, value]) =>
        html`<span class="value-of"
          ><code>${name}</code> ${typeof value === "string" ? value : JSON.stringify(value)}</span
        > `,
    ),
    event.withheld.length > 0 &&
      html`<span class="meta">${eventTexts[locale].withheld(event.withheld.join(", "))}</span>`,
  ];
}

/** A trace id is long: its first digits are shown, all of it is its title and its link. */
export function renderTrace(traceId: string | null, template: string | undefined): Fragment {
  if (traceId === null) return "—";
  const id = html`<code title="${traceId}">${traceId}</code>`;
  if (template === undefined) return id;
  return html`<a href="${template.replaceAll("{trace_id}", encodeURIComponent(traceId))}" rel="noreferrer">${id}</a>`;
}
