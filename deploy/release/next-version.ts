import { ReleaseError } from "./release-error.ts";

export const steps = ["major", "minor", "patch"] as const;
export type Step = (typeof steps)[number];

/** The version after `current`, by semantic versioning: what follows the raised number becomes 0. */
export function nextVersion(current: string, step: Step): string {
  const numbers = /^(\d+)\.(\d+)\.(\d+)$/.exec(current)?.slice(1).map(Number);
  if (numbers === undefined) throw new ReleaseError(`The version "${current}" is not three numbers such as 0.2.0.`);
  const raised = steps.indexOf(step);
  return numbers.map((number, place) => (place < raised ? number : place === raised ? number + 1 : 0)).join(".");
}
