import type { CheckedContext, ContextAttributes } from "./checked-attributes.ts";
import { showNotice } from "./diagnose.ts";
import { copyAttributes, mergeAttributes } from "./recording/copy-attributes.ts";
import { showValue } from "./recording/show-value.ts";
import { pipeline } from "./shared-pipeline.ts";

/**
 * Runs `fn`; every business event recorded in it, across awaits, timers and callbacks, carries these
 * attributes too. Contexts nest; the inner value wins, and the event's own value wins over both.
 * Works without any OpenTelemetry SDK. Whatever the attributes are, `fn` runs.
 * @returns what `fn` returns
 */
export function withBusinessContext<T, const A extends object & CheckedContext<A> = ContextAttributes>(
  attributes: A,
  fn: () => T,
): T {
  if (typeof fn !== "function") {
    say(`withBusinessContext takes a function to run, not ${showValue(fn)}; nothing is run`);
    return undefined as T;
  }
  if (typeof attributes !== "object" || attributes === null) {
    say(`withBusinessContext takes an object of attributes, not ${showValue(attributes)}; it adds nothing`);
  }
  const { recorder } = pipeline;
  const outer = recorder.surroundings.getStore();
  const inner = copyAttributes(attributes);
  const request = recorder.requests?.getStore();
  if (request !== undefined) request.attributes = mergeAttributes(request.attributes, inner);
  return recorder.surroundings.run(mergeAttributes(outer, inner), fn);
}

function say(message: string): void {
  showNotice({ level: "warn", key: message, message });
}
