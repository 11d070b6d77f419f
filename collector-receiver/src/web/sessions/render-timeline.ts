import type { PeriodAddress } from "../../stats/name-period.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { SessionDocument, SessionEvent } from "../../stats/session-document.ts";
import { renderAttributes, renderTrace } from "../events/render-event-table.ts";
import { eventTexts } from "../events/event-texts.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import { linkTo } from "../page/page-links.ts";
import { sessionTexts } from "./session-texts.ts";
import { tellEvent } from "./tell-event.ts";

interface TimelineView {
  readonly session: SessionDocument;
  readonly timezone: string;
  readonly locale: Locale;
  /** The period that links lead to. */
  readonly at: PeriodAddress | null;
  readonly agentNames: ReadonlyMap<number, string>;
  readonly traceUrlTemplate?: string | undefined;
}

/** What happened in a conversation, a sentence an event; what was recorded is folded away below each. */
export function renderTimeline(view: TimelineView): Html {
  const moment = describeMoment(view.timezone, view.locale);
  return html`<ol class="card timeline">
    ${view.session.events.map((event) => {
      const atMs = Date.parse(event.occurred_at);
      return html`<li class="${whoDid(event)}">
        <time datetime="${event.occurred_at}">${moment(atMs)}</time>
        <div>
          <p>${tellEvent(event, (id) => view.agentNames.get(id), view.locale)}</p>
          ${renderDetails(event, view)}
        </div>
      </li>`;
    })}
  </ol>`;
}

/** Whose doing it is, for the mark beside it. */
function whoDid({ event_name: name, agent_id: agentId }: SessionEvent): string {
  if (name.startsWith("agent.") || name.startsWith("ticket.") || agentId !== null) return "human";
  return name === "session.escalate" ? "turn" : "ai";
}

function renderDetails(event: SessionEvent, view: TimelineView): Html {
  const { locale, at, session } = view;
  const words = eventTexts[locale];
  const { agent_id: agentId, ticket_id: ticketId } = event;
  return html`<details>
    <summary>${sessionTexts[locale].details}</summary>
    <dl class="facts">
      <div>
        <dt>${words.event}</dt>
        <dd><code>${event.event_name}</code></dd>
      </div>
      <div>
        <dt>${words.attributes}</dt>
        <dd>${renderAttributes({ ...event, session_id: session.session_id }, locale)}</dd>
      </div>
      ${
        agentId !== null &&
        html`<div>
          <dt>${words.agent}</dt>
          <dd>
            <a href="${linkTo(`/report/agents/${agentId}`, { ...at, lang: locale })}"
              >${view.agentNames.get(agentId) ?? words.unnamed(String(agentId))}</a
            >
          </dd>
        </div>`
      }
      ${
        ticketId !== null &&
        html`<div>
          <dt>${words.ticket}</dt>
          <dd><a href="${linkTo(`/report/tickets/${ticketId}`, { ...at, lang: locale })}">#${ticketId}</a></dd>
        </div>`
      }
      <div>
        <dt>${words.service}</dt>
        <dd>${event.service_name ?? "—"}</dd>
      </div>
      <div>
        <dt>${words.trace}</dt>
        <dd>${renderTrace(event.trace_id, view.traceUrlTemplate)}</dd>
      </div>
    </dl>
  </details>`;
}
