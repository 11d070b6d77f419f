import type { ResolvedConfig } from "../resolve-config.ts";

/** What does not work on a runtime that is not Node, for the product to read at the start. */
export function describeRuntime(
  versions: Readonly<Record<string, string | undefined>>,
  config: Pick<ResolvedConfig, "httpEvents">,
): string[] {
  const notes: string[] = [];
  if (versions["bun"] !== undefined && config.httpEvents.length > 0) {
    notes.push(
      "httpEvents record nothing on Bun, whose HTTP server does not say when a request begins: record them by a call",
    );
  }
  return notes;
}
