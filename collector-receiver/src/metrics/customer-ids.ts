import type { CountableEvent } from "../mapping/business-event.ts";

/** What products send where they know no customer, trimmed and in lower case. */
export const placeholders: ReadonlySet<string> = new Set([
  ...["", "null", "undefined", "none", "anonymous", "0", "-1"],
  ...["nil", "nan", "n/a", "unknown", "anon", "guest", "匿名", "匿名用户", "游客", "访客", "未知", "未登录"],
  // A value that was made a text twice, or is none.
  ...['""', "''", '"null"', "'null'", "(null)", "<null>", "[object object]", "{}", "[]", "-"],
  "00000000-0000-0000-0000-000000000000",
]);
/** Nearly every id has another length, and is folded for nothing. */
const placeholderLengths: ReadonlySet<number> = new Set([...placeholders].map(({ length }) => length));

/** True if an id names nobody. */
export function isPlaceholder(userId: string): boolean {
  const text = userId.trim();
  return placeholderLengths.has(text.length) && placeholders.has(text.toLowerCase());
}

/** The customer that an event names for its session; null if it names none. Only the chatbot's own events know it. */
export function customerOf({ name, attributes }: CountableEvent): string | null {
  const userId = attributes["user_id"];
  if (typeof userId !== "string" || isPlaceholder(userId)) return null;
  return name.startsWith("session.") || name.startsWith("query.") ? userId : null;
}
