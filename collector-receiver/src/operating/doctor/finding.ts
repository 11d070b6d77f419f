import { isMissingObject } from "../../storage/schema/name-missing-migrations.ts";

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly outcome: Outcome;
  /** The result; if the check failed, also what to do. */
  readonly text: string;
}

export type Outcome = "ok" | "warning" | "failed";
export type Result = readonly [outcome: Outcome, text: string];
export type Check = readonly [name: string, look: () => Promise<Result> | Result];

/** Runs the checks in order; one that fails stops no other. */
export async function runChecks(checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [check, look] of checks) {
    try {
      const [outcome, text] = await look();
      findings.push({ check, outcome, text });
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      // If several addresses fail, Node's error has no message.
      const reason = message || String(code);
      const text = isMissingObject(error) ? `not checked, because the schema lacks something: ${reason}` : reason;
      findings.push({ check, outcome: "failed", text });
    }
  }
  return findings;
}
