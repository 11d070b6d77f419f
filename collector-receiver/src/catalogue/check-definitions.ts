import { checkAlerts } from "./check-alerts.ts";
import { checkDelivery } from "./check-delivery.ts";
import { checkEvents } from "./check-events.ts";
import { checkMetrics } from "./check-metrics.ts";
import type { CustomAiCalls, CustomDefinitions } from "./custom-definitions.ts";
import type { DefinitionProblem } from "./definitions-error.ts";
import type { DeliveryPlan } from "./delivery-targets.ts";
import { checkSegments } from "./check-segments.ts";
import { checkShape } from "./check-shape.ts";
import { checkWords } from "./check-words.ts";
import { aiCallsShape, rootShape } from "./definition-schemas.ts";
import { isFields, ProblemList } from "./problem-list.ts";

/**
 * Checks what a `spanledger.config.ts` exports and fills in the defaults. Pure.
 * @param reservedKeys keys of the dictionary, which a product's own metric may not take
 * @param alertMetrics keys of the dictionary that alerts can judge
 * @returns the definitions, and every problem at once; with a problem, the definitions are of no use
 */
export function checkDefinitions(
  exported: unknown,
  reservedKeys: ReadonlySet<string>,
  alertMetrics: ReadonlySet<string> = reservedKeys,
): {
  readonly definitions: CustomDefinitions;
  readonly delivery: DeliveryPlan;
  readonly problems: readonly DefinitionProblem[];
} {
  const list = new ProblemList();
  const root = checkShape(rootShape, exported, [], list);
  const events = checkEvents(root?.events ?? {}, list);
  const metrics = checkMetrics(root?.metrics ?? {}, events, reservedKeys, list);
  const words = checkWords(root?.words ?? {}, list);
  const aiCalls = root?.aiCalls === undefined ? undefined : checkAiCalls(root.aiCalls, list);
  const delivery = checkDelivery(root?.targets ?? {}, root?.reports ?? {}, list);
  const segments = checkSegments(root?.segments ?? {}, list);
  const hasSegments = Object.keys(segments).length > 0;
  const targets = new Set(isFields(root?.targets) ? Object.keys(root.targets) : []);
  const alerts = checkAlerts(root?.alerts ?? {}, { metrics: alertMetrics, targets }, list);
  const hasAlerts = Object.keys(alerts).length > 0;
  const hasWords = Object.keys(words).length > 0;
  return {
    definitions: {
      events,
      metrics,
      ...(hasWords ? { words } : {}),
      ...(aiCalls ? { aiCalls } : {}),
      ...(hasAlerts ? { alerts } : {}),
      ...(hasSegments ? { segments } : {}),
    },
    delivery,
    problems: list.problems,
  };
}

/** Sorted, so that the hash does not depend on the order. */
function checkAiCalls(input: unknown, list: ProblemList): CustomAiCalls | undefined {
  const { services = [], ignoreScopes = [] } = checkShape(aiCallsShape, input, ["aiCalls"], list) ?? {};
  const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted();
  return { services: sorted(services), ignoreScopes: sorted(ignoreScopes) };
}
