import type { BusinessEventsOptions } from "../business-events-options.ts";
import { copyAttributes } from "../recording/copy-attributes.ts";
import { readEnabled, type EventShape } from "../recording/event-shape.ts";
import type { OptionReader } from "./option-reader.ts";

type FunctionOption = "beforeSend" | "onError" | "waitUntil";

/** What the options ask for each event; null if they ask for nothing, so that a call costs nothing. */
export function readShape(options: OptionReader, withTenant: boolean): EventShape | null {
  const defaults = options.read("defaults");
  if (defaults !== undefined && typeof defaults !== "object") options.refuse("defaults", defaults, "an object");
  const beforeSend = readFunction(options, "beforeSend");
  const enabled = options.read("enabled");
  if (enabled !== undefined && typeof enabled !== "boolean" && typeof enabled !== "function") {
    options.refuse("enabled", enabled, "true, false or a function that returns one of them");
  }
  const tenant = withTenant ? (options.text("tenant") ?? null) : null;
  if (defaults === undefined && beforeSend === null && enabled === undefined && tenant === null) return null;
  const isSharable = beforeSend === null && (enabled === undefined || enabled === true);
  return { defaults: copyAttributes(defaults), beforeSend, isEnabled: readEnabled(enabled), isSharable, tenant };
}

/** A function as the option declares it, or null. */
export function readFunction<N extends FunctionOption>(
  options: OptionReader,
  name: N,
): NonNullable<BusinessEventsOptions[N]> | null {
  const value = options.read(name);
  if (value === undefined) return null;
  if (typeof value === "function") return value as NonNullable<BusinessEventsOptions[N]>;
  options.refuse(name, value, "a function");
  return null;
}
