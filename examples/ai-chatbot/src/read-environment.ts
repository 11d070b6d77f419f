/** What the chatbot takes from its environment. */
export interface ChatbotEnvironment {
  readonly host: string;
  readonly port: number;
  /** With it the chatbot reads the numbers itself. */
  readonly databaseUrl: string | undefined;
  /** Without a database: the receiver that has the numbers. */
  readonly analyticsUrl: string;
  readonly workbenchUrl: string | null;
  /** A server that speaks OpenAI's chat completions; without it answers are said as they were composed. */
  readonly model: { readonly url: string; readonly model: string } | null;
  readonly pace: number;
  readonly locale: "zh-CN" | "en";
}

/** @throws Error that names the variable, its value and what it may be */
export function readEnvironment(environment: NodeJS.ProcessEnv): ChatbotEnvironment {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const number = (name: string, fallback: number, maximum: number): number => {
    const given = Number(value(name) ?? fallback);
    if (given >= 0 && given <= maximum) return given;
    throw new Error(`${name} is "${value(name)}"; set it to a number from 0 to ${maximum}`);
  };
  const locale = value("LOCALE") ?? "zh-CN";
  if (locale !== "zh-CN" && locale !== "en") throw new Error(`LOCALE is "${locale}"; set it to zh-CN or en`);
  const modelUrl = value("MODEL_URL");
  return {
    host: value("HOST") ?? "127.0.0.1",
    port: number("PORT", 8000, 65_535),
    databaseUrl: value("DATABASE_URL"),
    analyticsUrl: value("ANALYTICS_URL") ?? "http://127.0.0.1:4319",
    workbenchUrl: value("WORKBENCH_URL") ?? null,
    model: modelUrl === undefined ? null : { url: modelUrl, model: value("MODEL_NAME") ?? "example-large-2025" },
    pace: number("THINKING_PACE", 1, 10),
    locale,
  };
}
