import { businessCalendarOf, type BusinessCalendar } from "../metrics/business-calendar.ts";
import { readSettings } from "../storage/settings/change-settings.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { CommandError } from "./command-error.ts";
import { isDay } from "./option-parsers.ts";

/**
 * Reads a day, which begins in the tenant's timezone, or an instant, which names its own offset.
 * @param option names it in the error
 * @returns milliseconds since 1970
 */
export async function readInstant(
  connectionString: string,
  tenantId: string,
  option: string,
  given: string,
): Promise<number> {
  const client = await openWriterConnection(connectionString);
  try {
    const { timezone } = await readSettings(client, tenantId);
    return instantIn(businessCalendarOf(timezone), option, given);
  } finally {
    await client.end();
  }
}

/** The same in a calendar. */
export function instantIn(calendar: BusinessCalendar, option: string, given: string): number {
  const [, day = "", time = ""] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(given) ?? [];
  const ms = isDay(day) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new CommandError(
      "invalid_arguments",
      `${option} "${given}" is neither a day (2026-01-31) nor an instant with its offset (2026-01-31T09:00+08:00).`,
    );
  }
  return time === "" ? calendar.startOfDay(day) : ms;
}
