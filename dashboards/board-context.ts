import type { LocalText } from "../collector-receiver/src/catalogue/local-text.ts";

export type BoardLanguage = keyof LocalText;
export const boardLanguages: readonly BoardLanguage[] = ["zh", "en"];

/** What a dashboard is generated for. Queries take the timezone of the tenant's settings; only axes take this one. */
export interface BoardContext {
  readonly language: BoardLanguage;
  /** IANA name: the zone in which Grafana writes times on axes, so that a business day stands at its own midnight. */
  readonly timezone: string;
}

/** The plan's defaults; `generate-dashboards.ts` takes others as arguments. */
export const boardDefaults = { timezone: "Asia/Shanghai" } as const;

/** A text in the language of the context. */
export function say(context: BoardContext, text: LocalText): string {
  return text[context.language];
}
