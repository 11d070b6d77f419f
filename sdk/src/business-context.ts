import { showNotice } from "./diagnose.ts";
import type { AttributeValue } from "./event-catalogue.ts";
import { copyAttributes, setOwn } from "./recording/copy-attributes.ts";
import { showValue } from "./recording/show-value.ts";
import { pipeline } from "./shared-pipeline.ts";

/**
 * Runs `fn`; every business event recorded in it, across awaits, timers and callbacks, carries these
 * attributes too. Contexts nest; the inner value wins, and the event's own value wins over both.
 * Works without any OpenTelemetry SDK. Whatever the attributes are, `fn` runs.
 * @returns what `fn` returns
 */
export function withBusinessContext<T>(attributes: Readonly<Record<string, AttributeValue>>, fn: () => T): T {
  if (typeof fn !== "function") {
    say(`withBusinessContext takes a function to run, not ${showValue(fn)}; nothing is run`);
    return undefined as T;
  }
  if (typeof attributes !== "object" || attributes === null) {
    say(`withBusinessContext takes an object of attributes, not ${showValue(attributes)}; it adds nothing`);
  }
  const outer = pipeline.recorder.surroundings.getStore();
  const merged = copyAttributes(outer?.attributes);
  for (const [key, value] of Object.entries(copyAttributes(attributes))) {
    if (value === null) delete merged[key];
    else if (value !== undefined) setOwn(merged, key, value);
  }
  const recordedNames = outer?.recordedNames;
  return pipeline.recorder.surroundings.run({ attributes: merged, recordedNames }, fn);
}

function say(message: string): void {
  showNotice({ level: "warn", key: message, message });
}
