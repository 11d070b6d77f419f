import { checkEvents } from "./check-events.ts";
import { checkMetrics } from "./check-metrics.ts";
import type { CustomDefinitions } from "./custom-definitions.ts";
import type { DefinitionProblem } from "./definitions-error.ts";
import { ProblemList } from "./problem-list.ts";

/**
 * Checks what a `spanledger.config.ts` exports and fills in the defaults: a pure function, so that whatever it lets
 * through counts.
 * @returns the definitions, and every problem at once; with a problem, the definitions are of no use
 */
export function checkDefinitions(exported: unknown): {
  readonly definitions: CustomDefinitions;
  readonly problems: readonly DefinitionProblem[];
} {
  const list = new ProblemList();
  const root = list.object(exported, [], ["events", "metrics"]);
  const events = checkEvents(root?.["events"] ?? {}, list);
  const metrics = checkMetrics(root?.["metrics"] ?? {}, events, list);
  return { definitions: { events, metrics }, problems: list.problems };
}
