/** Two durations of the same time that cannot both be right: a factor of ten and ten minutes apart, as other units are. */
const contradiction = { factor: 10, ms: 600_000 } as const;

/** Whether what was told of a time contradicts what was measured; both in ms, not negative. */
export function areContradicting(toldMs: number, measuredMs: number): boolean {
  const [shorter, longer] = [Math.min(toldMs, measuredMs), Math.max(toldMs, measuredMs)];
  return longer > contradiction.factor * shorter && longer - shorter > contradiction.ms;
}

/** SQL of the same, over two expressions. */
export function contradictingSql(toldMs: string, measuredMs: string): string {
  return `greatest(${toldMs}, ${measuredMs}) > ${contradiction.factor} * least(${toldMs}, ${measuredMs})
    and abs(${toldMs} - ${measuredMs}) > ${contradiction.ms}`;
}
