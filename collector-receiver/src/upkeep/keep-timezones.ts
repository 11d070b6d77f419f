import type { FastifyBaseLogger } from "fastify";
import { setImmediate as nextTurn } from "node:timers/promises";
import { firstDifference, timezoneStretches } from "../metrics/timezone-offsets.ts";
import {
  readStoredTimezones,
  storeTimezoneStretches,
  type StoredTimezone,
} from "../storage/settings/store-timezones.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

const yearMs = 365.25 * 86_400_000;
const yearsAhead = 6;
/** Nobody asks a dashboard for later days. */
const minYearsAhead = 3;

type Client = Pick<WriterConnection, "query">;

/** What this Node knows of a timezone. */
export function knownTimezone(timezone: string): StoredTimezone {
  const knownUntilMs = Date.UTC(new Date().getUTCFullYear() + yearsAhead, 0, 1);
  return { version: nodeVersion, knownUntilMs, stretches: timezoneStretches(timezone, knownUntilMs) };
}

const nodeVersion = process.versions["tz"] ?? "";

/** Stores when the clocks of one timezone are changed, for what asks PostgreSQL for business days. */
export async function keepTimezone(client: Client, timezone: string): Promise<void> {
  await storeTimezoneStretches(client, timezone, knownTimezone(timezone));
}

/**
 * Stores when the clocks of all tenants' timezones are changed, as Node knows it, so that dashboards and retention cut days
 * where the counters were cut. Warns if two versions of the timezone database disagree on days that may have been counted.
 * @param more timezones that tenants are going to have
 */
export async function keepTimezones(
  client: Client,
  more: readonly string[],
  log: Pick<FastifyBaseLogger, "warn">,
): Promise<void> {
  for (const [timezone, stored] of await readStoredTimezones(client, more)) {
    if (
      stored !== undefined &&
      stored.version === nodeVersion &&
      stored.knownUntilMs - Date.now() > minYearsAhead * yearMs
    ) {
      continue;
    }
    const known = knownTimezone(timezone);
    if (stored === undefined || stored.version <= nodeVersion) await storeTimezoneStretches(client, timezone, known);
    const warning = stored === undefined ? undefined : describeChange(timezone, stored, known);
    if (warning !== undefined) log.warn({ timezone, stored: stored?.version, node: nodeVersion }, warning);
    // Each takes some 20 ms, and probes are answered meanwhile.
    await nextTurn();
  }
}

/** One line for the log and for `spanledger doctor`; undefined if both give the same days up to now. */
export function describeChange(timezone: string, stored: StoredTimezone, known: StoredTimezone): string | undefined {
  const differsMs = firstDifference(stored.stretches, known.stretches);
  if (differsMs === undefined || differsMs > Date.now()) return undefined;
  const since = `the days of ${timezone} differ from ${new Date(differsMs).toISOString().slice(0, 10)} on`;
  return stored.version > known.version
    ? `${since}: dashboards go by version ${stored.version} of the timezone database, and this Node has ${known.version}. ` +
        "Update Node here, then run `spanledger rebuild`"
    : `${since}: this Node has version ${known.version} of the timezone database, and counters were made by ${stored.version}. ` +
        "Run `spanledger rebuild`, so that all are counted by the newer one";
}
