/** A copy of what can be read of the attributes; never throws, whatever getters and proxies do. */
export function copyAttributes(attributes: unknown): Record<string, unknown> {
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
      setOwn(copy, key, (attributes as Record<string, unknown>)[key]);
    } catch {
      // This one cannot be read; the others can.
    }
  }
  return copy;
}

/** Sets an own property whatever its name is: an assignment to `__proto__` would set the prototype. */
export function setOwn<T>(object: Record<string, T>, key: string, value: T): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
