/** SQL: the instant of ms since 1970. @param ms SQL of the number, such as a parameter */
export const instantOf = (ms: string): string => `timestamptz 'epoch' + ${ms}::bigint * interval '1 millisecond'`;
