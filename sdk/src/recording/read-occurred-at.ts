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
        return /^\d+$/.test(given) ? Number(given) : parseIso(given);
      case "object":
        // A Date, or what wraps one; an empty list would be 0.
        return given === null || Array.isArray(given) ? Number.NaN : Number(given);
      default:
        return Number.NaN;
    }
  } catch {
    return Number.NaN;
  }
}

/** `Date.parse` reads more than ISO 8601, and each engine something else. */
function parseIso(text: string): number {
  return /^\s*\d{4}-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?)?\s*$/i.test(text)
    ? Date.parse(text.trim().replace(" ", "T").replace(",", "."))
    : Number.NaN;
}
