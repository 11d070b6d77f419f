/**
 * SQL of instants. In zones of their own, `timestamptz + interval` depends on the session's zone, so PostgreSQL calls it stable; in UTC it
 * is immutable, and only then Citus takes it in a statement that it sends to a node.
 */

/** SQL: the instant of ms since 1970. @param ms SQL of the number, such as a parameter */
export const instantOf = (ms: string): string =>
  `(timestamp 'epoch' + (${ms})::float8 * interval '1 millisecond') at time zone 'UTC'`;

/** SQL: the instant so many ms after another. @param at SQL of an instant @param ms SQL of the number */
export const instantAfter = (at: string, ms: string): string =>
  `(${at} at time zone 'UTC' + (${ms})::float8 * interval '1 millisecond') at time zone 'UTC'`;
