import type { Submission } from "./submission.ts";

/** The message of a partial success: reasons of what mapping rejected and of what PostgreSQL refused. */
export function describeRejections({
  quotedRejections,
  quotedRefusals,
  unkept,
}: Pick<Submission, "quotedRejections" | "quotedRefusals" | "unkept">): string {
  // First, because a long message is cut at its end.
  const bound =
    unkept === 0
      ? []
      : [
          `${unkept} rejected events are counted and not kept, because this tenant has reached its limit of rejected events for today`,
        ];
  const reasons = [...quotedRejections, ...quotedRefusals].map(({ eventName, reason }) =>
    eventName === null ? reason : `${eventName}: ${reason}`,
  );
  return [...bound, ...reasons].join("\n");
}
