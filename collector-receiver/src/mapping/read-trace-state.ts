/** OpenTelemetry's part of a trace state: `rojo=1,ot=th:8;rv:abcdef`. */
const ownPart = /(?:^|,)[ \t]*ot[ \t]*=([^,]*)/;
/** The rejection threshold, up to 14 hexadecimal digits of which those at the end may be left out. */
const threshold = /(?:^|;)th:([0-9a-f]{1,14})[ \t]*(?:;|$)/;

/**
 * True if a sampler let only some of the traces like this one through: a threshold of 0 lets all through.
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#sampling-threshold-value-th
 */
export function isThinned(traceState: string): boolean {
  const digits = threshold.exec(ownPart.exec(traceState)?.[1] ?? "")?.[1];
  return digits !== undefined && !/^0+$/.test(digits);
}
