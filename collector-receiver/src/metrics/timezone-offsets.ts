const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Brazil once had summer time for a week; no timezone has had it for less since 2000. */
const stepMs = 3 * dayMs;
/** No stored event is older. */
const fromMs = Date.UTC(2000, 0, 1);

/** One stretch of time without a change of clocks. */
export interface Stretch {
  /** When it begins, ms since 1970; null: it has no beginning. */
  readonly startMs: number | null;
  /** Local time is so many seconds ahead of UTC. */
  readonly offsetSeconds: number;
}

/**
 * When the clocks of a timezone are changed between 2000 and `untilMs`, by Node's timezone database. Takes some 20 ms.
 * @param timezone an IANA name, or an offset such as `+08:00`
 * @throws RangeError if Node does not know the timezone
 */
export function timezoneStretches(timezone: string, untilMs: number): Stretch[] {
  const offsetAt = offsetsOf(timezone);
  let offsetSeconds = offsetAt(fromMs);
  const stretches: Stretch[] = [{ startMs: null, offsetSeconds }];
  for (let at = fromMs; at < untilMs;) {
    const next = at + stepMs;
    if (offsetAt(next) === offsetSeconds) {
      at = next;
      continue;
    }
    at = firstMinute(at, next, (ms) => offsetAt(ms) !== offsetSeconds);
    offsetSeconds = offsetAt(at);
    stretches.push({ startMs: at, offsetSeconds });
  }
  return stretches;
}

/** The first full minute in (`afterMs`, `untilMs`] for which `holds`; it holds at the end. */
function firstMinute(afterMs: number, untilMs: number, holds: (ms: number) => boolean): number {
  let [before, after] = [afterMs, untilMs];
  while (after - before > minuteMs) {
    const middle = Math.floor((before + after) / 2 / minuteMs) * minuteMs;
    if (holds(middle)) after = middle;
    else before = middle;
  }
  return after;
}

function offsetsOf(timezone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset" });
  return (ms) => {
    const [, sign, hours, minutes, seconds = "0"] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(ms)) ?? [];
    if (sign === undefined) return 0;
    return (sign === "-" ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds));
  };
}

/**
 * The first instant at which two descriptions of one timezone give another local time; undefined if there is none.
 */
export function firstDifference(a: readonly Stretch[], b: readonly Stretch[]): number | undefined {
  const instants = [...a, ...b].map(({ startMs }) => startMs ?? fromMs).toSorted((one, other) => one - other);
  return instants.find((ms) => offsetIn(a, ms) !== offsetIn(b, ms));
}

const offsetIn = (stretches: readonly Stretch[], ms: number): number | undefined =>
  stretches.findLast(({ startMs }) => startMs === null || startMs <= ms)?.offsetSeconds;
