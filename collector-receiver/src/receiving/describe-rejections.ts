/** Reasons that one answer quotes; its message is cut at 2 KiB anyway. */
const quotedReasons = 20;

interface Rejection {
  readonly reason: string;
  readonly eventName?: string | null;
}

/** The message of a partial success: the reasons of what mapping rejected and of what PostgreSQL refused. */
export function describeRejections(rejected: readonly Rejection[], refused: readonly Rejection[]): string {
  return [...rejected.slice(0, quotedReasons), ...refused.slice(0, quotedReasons)]
    .map(({ eventName, reason }) => (eventName ? `${eventName}: ${reason}` : reason))
    .join("\n");
}
