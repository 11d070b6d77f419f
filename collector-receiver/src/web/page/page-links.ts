import type { Locale } from "../../metrics/format-metric.ts";

/** An address with its parameters; those that are null are left out. */
export function linkTo(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.set(name, value);
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

export const otherLocale = (locale: Locale): Locale => (locale === "en" ? "zh-CN" : "en");
