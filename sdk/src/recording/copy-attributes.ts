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

/** The value of a property; undefined if it is nobody's but `Object.prototype`'s: a polluted prototype gives nothing. */
export function readGiven(object: object, name: string): unknown {
  if (name in Object.prototype && !Object.hasOwn(object, name)) return undefined;
  return (object as Record<string, unknown>)[name];
}

/** Sets an own property whatever its name is: an assignment to `__proto__` would set the prototype. */
export function setOwn<T>(object: Record<string, T>, key: string, value: T): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The outer attributes with the inner ones over them: null hides a value, undefined leaves it. */
export function mergeAttributes(
  outer: Readonly<Record<string, unknown>> | undefined,
  inner: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...outer };
  for (const [key, value] of Object.entries(inner)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) setOwn(merged, key, value);
  }
  return merged;
}
