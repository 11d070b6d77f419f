/** Latest time that a UUIDv7 can carry, in ms. */
const maxTimeMs = 0xffff_ffff_ffff;
/** The years 1973 to 2096 in seconds; as milliseconds they would be a few weeks of 1970. */
const unixSeconds = { from: 1e8, to: 4e9 };

/**
 * Reads `occurredAt`: a Date, milliseconds since 1970 or ISO 8601 text, as whole milliseconds.
 * @returns "seconds" for what looks like Unix seconds, null for anything else. Never throws.
 */
export function readOccurredAt(given: unknown): number | "seconds" | null {
  const ms = Math.floor(toMilliseconds(given));
  if (ms >= unixSeconds.from && ms <= unixSeconds.to) return "seconds";
  return ms >= 0 && ms <= maxTimeMs ? ms : null;
}

function toMilliseconds(given: unknown): number {
  try {
    switch (typeof given) {
      case "number":
      case "bigint":
        return Number(given);
      case "string":
        // Fewer digits are a date or nothing.
        return /^\d{9,}$/.test(given) ? Number(given) : parseIso(given);
      case "object":
        return fromObject(given);
      default:
        return Number.NaN;
    }
  } catch {
    return Number.NaN;
  }
}

/** A Date, or what wraps one. An empty list would be 0; a Temporal refuses to be a number, and says its time by name. */
function fromObject(given: object | null): number {
  if (given === null || Array.isArray(given)) return Number.NaN;
  const { epochMilliseconds } = given as { epochMilliseconds?: unknown };
  return typeof epochMilliseconds === "number" ? epochMilliseconds : Number(given);
}

/** Date, time, fraction and offset; with or without separators, as PostgreSQL and Java write them too. */
const isoText =
  /^(\d{4})-?(\d\d)(?:-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(?:(Z)|([+-]\d\d)(?::?(\d\d))?)?(?:\[[^\]]+\])*)?)?$/i;

/** `Date.parse` reads more than ISO 8601, and each engine something else; it takes 30 February for 2 March. */
function parseIso(text: string): number {
  const [, year, month, day = "01", hour, minute, second = "00", fraction = "0", utc, offset, offsetMinute = "00"] =
    isoText.exec(text.trim()) ?? [];
  if (year === undefined) return Number.NaN;
  const date = `${year}-${month}-${day}`;
  const isDay = new Date(Date.parse(date)).toJSON()?.startsWith(date) === true;
  if (!isDay || hour === undefined) return isDay ? Date.parse(date) : Number.NaN;
  const zone = utc === undefined ? (offset === undefined ? "" : `${offset}:${offsetMinute}`) : "Z";
  return Date.parse(`${date}T${hour}:${minute}:${second}.${fraction.padEnd(3, "0").slice(0, 3)}${zone}`);
}
