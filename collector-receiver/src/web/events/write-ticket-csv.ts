import type { Locale } from "../../metrics/format-metric.ts";
import { writeListCsv } from "../export/write-list-csv.ts";
import { eventTexts } from "./event-texts.ts";
import type { TicketListView } from "./render-ticket-list.ts";

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The list as it is shown, with instants and ages that a spreadsheet computes with. */
export function writeTicketCsv({ part, agentNames }: TicketListView, locale: Locale): string {
  const words = eventTexts[locale];
  return writeListCsv(
    [
      words.ticket,
      words.created,
      `${words.age} (s)`,
      words.priority,
      words.agentNumber,
      words.assignee,
      words.sla,
      words.closed,
      words.reopened,
    ],
    part.rows.map((row) => [
      row.ticketId,
      iso(row.createdMs),
      row.ageMs === null ? null : row.ageMs / 1000,
      row.priority,
      row.assigneeId,
      row.assigneeId === null ? null : (agentNames.get(row.assigneeId) ?? null),
      row.slaMet === null ? null : Number(row.slaMet),
      iso(row.resolvedMs),
      iso(row.lastReopenedMs),
    ]),
  );
}
