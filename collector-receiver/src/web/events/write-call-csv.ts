import type { Locale } from "../../metrics/format-metric.ts";
import type { CallListReading } from "../../stats/call-list.ts";
import { writeListCsv } from "../export/write-list-csv.ts";
import { callTexts } from "./call-texts.ts";
import { eventTexts } from "./event-texts.ts";

/** The list as it is shown, with instants, tokens and money that a spreadsheet computes with. */
export function writeCallCsv({ part, reading }: CallListReading, locale: Locale): string {
  const words = callTexts[locale];
  const events = eventTexts[locale];
  return writeListCsv(
    [
      events.time,
      words.provider,
      words.model,
      words.serviceTier,
      words.uncached,
      words.cacheRead,
      words.cacheWrite,
      words.output,
      `${words.duration} (ms)`,
      `${words.firstToken} (ms)`,
      words.failed,
      words.withoutUsage,
      `${words.cost} (${reading.tenant.currency})`,
      words.unpriced,
      events.session,
      events.trace,
    ],
    part.rows.map((call) => [
      new Date(call.occurredMs).toISOString(),
      call.provider,
      call.model,
      call.serviceTier,
      ...[call.uncached, call.cacheRead, call.cacheWrite, call.output].map(Number),
      call.durationMs,
      call.firstTokenMs,
      Number(call.hasFailed),
      Number(call.isWithoutUsage),
      call.cost === null ? null : Number(call.cost),
      Number(call.unpriced),
      call.sessionId,
      call.traceId,
    ]),
  );
}
