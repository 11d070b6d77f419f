import { eventListsOf } from "../../stats/lists/event-lists.ts";
import { eventTexts } from "../events/event-texts.ts";
import { ticketListOf } from "../../stats/lists/ticket-lists.ts";
import { linkTo } from "../page/page-links.ts";
import { sessionListOf } from "../../stats/lists/session-lists.ts";
import type { BehindLink } from "./render-figure.ts";
import type { ReportContext } from "./report-context.ts";

/** From a figure to what it was counted from: sessions of its cohort, tickets, or its events. */
export function behindLinks({ material, texts, locale }: ReportContext, figureKey: string): BehindLink[] {
  const { parameters } = material;
  const sessions = sessionListOf(figureKey);
  const tickets = ticketListOf(figureKey);
  return [
    ...(sessions === null
      ? []
      : [
          {
            href: linkTo("/report/sessions", { ...parameters, of: sessions, lang: locale }),
            text: texts.sessionsBehind,
          },
        ]),
    ...(tickets === null
      ? []
      : [
          {
            href: linkTo("/report/tickets", { ...parameters, of: tickets, lang: locale }),
            text: eventTexts[locale].behind.tickets_created,
          },
        ]),
    ...eventListsOf(figureKey).map((list) => ({
      href: linkTo("/report/events", { ...parameters, of: list, lang: locale }),
      text: eventTexts[locale].behind[list],
    })),
  ];
}
