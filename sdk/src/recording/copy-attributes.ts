import type { AttributeBag } from "./event-writer.ts";

/** A copy of what can be read of the attributes; never throws, whatever getters and proxies do. */
export function copyAttributes(attributes: AttributeBag | null | undefined): AttributeBag {
  const copy: Record<string, unknown> = {};
  if (typeof attributes !== "object" || attributes === null) return copy;
  let keys: string[] = [];
  try {
    keys = Object.keys(attributes);
  } catch {
    return copy;
  }
  for (const key of keys) {
    try {
      copy[key] = attributes[key];
    } catch {
      // This one cannot be read; the others can.
    }
  }
  return copy;
}
