/** What is true of a session once any event says so: bits of `analytics_sessions.marks`, merged by "or". */
export const sessionMark = {
  /** A human agent took part. */
  human: 1,
  /** An event of it is a test: nothing of the session counts. */
  test: 2,
  /** An agent released it. */
  released: 4,
  /** More than one takeover. */
  takenOverAgain: 8,
  /** More than one release. */
  releasedAgain: 16,
  /** An agent transferred it. */
  transferred: 32,
} as const;

/** If none of these is set, the only release tells how long the agent had the session since the only takeover. */
export const heldMoreThanOnce = sessionMark.takenOverAgain | sessionMark.releasedAgain | sessionMark.transferred;

/** True if nothing of the session counts. */
export function isTestSession({ marks }: { readonly marks: number }): boolean {
  return (marks & sessionMark.test) !== 0;
}

/** Last digits of `end_outcome` and `rating`: time in ms × 8 + code, so that the greatest is the last. */
const codes = 8;

/** How a session ended; of two ends at one instant the worse counts. */
export const endCode = { assumed: 0, confirmed: 1, failed: 2 } as const;

export function codedAt(ms: number, code: number): number {
  return ms * codes + code;
}

export function codeOf(coded: number): number {
  return coded % codes;
}
