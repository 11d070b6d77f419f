import { readFileSync } from "node:fs";
import { requireBuiltin } from "./require-builtin.ts";

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/**
 * A random UUID (version 4). From the kernel if it gives one: `node:crypto` takes 3 MB in a process that has no other
 * use for it.
 */
export function randomUuid(): string {
  try {
    const text = readFileSync("/proc/sys/kernel/random/uuid", "utf8").trim();
    if (uuid.test(text)) return text;
  } catch {
    // Another system, or one that lets nobody read there.
  }
  return (requireBuiltin("node:crypto") as typeof import("node:crypto")).randomUUID();
}
