import { describeThrown } from "./encode-any-value.ts";

/** A value as a message shows it, shortened, without touching anything that could throw. */
export function showValue(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (value === undefined) return "undefined";
  if (typeof value === "object") return value === null ? "null" : "an object";
  if (typeof value === "function") return "a function";
  try {
    return `${typeof value} ${String(value)}`;
  } catch (error) {
    return describeThrown(error);
  }
}
