/**
 * A UUID of version 7 that holds a time, as the SDK makes it of the event's.
 * @param tail its last 62 bits: 12 hexadecimal digits, or 15 with the four before them
 */
export function uuidV7(ms: number, tail: number | string): string {
  const time = ms.toString(16).padStart(12, "0");
  const digits = (typeof tail === "number" ? String(tail) : tail).padStart(15, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${digits.slice(0, 3)}-${digits.slice(3)}`;
}
