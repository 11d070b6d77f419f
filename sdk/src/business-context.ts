import type { AttributeValue } from "./event-catalogue.ts";
import { pipeline } from "./shared-pipeline.ts";

/**
 * Runs `fn`; every business event recorded in it, across awaits, timers and callbacks, carries these
 * attributes too. Contexts nest; the inner value wins, and the event's own value wins over both.
 * Works without any OpenTelemetry SDK.
 * @returns what `fn` returns
 */
export function withBusinessContext<T>(attributes: Readonly<Record<string, AttributeValue>>, fn: () => T): T {
  const outer = pipeline.recorder.surroundings.getStore();
  const merged: Record<string, unknown> = { ...outer?.attributes };
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = value;
  }
  const recordedNames = outer?.recordedNames;
  return pipeline.recorder.surroundings.run({ attributes: merged, recordedNames }, fn);
}
