import type { Locale } from "../../metrics/format-metric.ts";
import { writeListCsv } from "../export/write-list-csv.ts";
import type { SessionListView } from "./render-session-list.ts";
import { sessionTexts } from "./session-texts.ts";

/** The list as it is shown, with instants and lengths of time that a spreadsheet computes with. */
export function writeSessionCsv({ part, agentNames }: SessionListView, locale: Locale): string {
  const words = sessionTexts[locale];
  const inSeconds = (column: string): string => `${column} (s)`;
  return writeListCsv(
    [
      words.session,
      words.start,
      words.last,
      inSeconds(words.duration),
      words.channel,
      words.outcome,
      words.escalated,
      words.reason,
      words.agentNumber,
      words.agent,
      inSeconds(words.wait),
    ],
    part.rows.map((row) => [
      row.sessionId,
      new Date(row.startMs).toISOString(),
      new Date(row.lastActivityMs).toISOString(),
      row.durationMs / 1000,
      row.channel,
      row.outcome,
      row.isEscalated ? 1 : 0,
      row.reason,
      row.agentId,
      row.agentId === null ? null : (agentNames.get(row.agentId) ?? null),
      row.waitMs === null ? null : row.waitMs / 1000,
    ]),
  );
}
