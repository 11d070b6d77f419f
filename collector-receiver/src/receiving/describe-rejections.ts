/** Reasons that one answer quotes; its message is cut at 2 KiB anyway. */
const maxQuotedReasons = 20;

interface Rejection {
  readonly reason: string;
  readonly eventName?: string | null;
}

/** The message of a partial success: the reasons of what mapping rejected and of what PostgreSQL refused. */
export function describeRejections(
  rejected: readonly Rejection[],
  refused: readonly Rejection[],
  unkept: number,
): string {
  // First, because a long message is cut at its end.
  const bound =
    unkept === 0
      ? []
      : [
          `${unkept} rejected events are counted and not kept, because this tenant has reached its limit of rejected events for today`,
        ];
  const reasons = [...rejected.slice(0, maxQuotedReasons), ...refused.slice(0, maxQuotedReasons)].map(
    ({ eventName, reason }) => (eventName ? `${eventName}: ${reason}` : reason),
  );
  return [...bound, ...reasons].join("\n");
}
