import type pg from "pg";
import { countNoun } from "../../metrics/count-noun.ts";
import { readCallsByScope, readRepeatedAnswers } from "../../storage/server/read-calls-by-scope.ts";
import type { Result } from "./finding.ts";

const nameOf = (scope: string): string => (scope === "" ? "recorded as ai.call" : scope);

/** Names who wrote the spans of model calls, and the calls that seem to count twice: their answers have one id. */
export async function checkAiCalls(client: pg.Client): Promise<Result> {
  const scopes = await readCallsByScope(client);
  if (scopes.length === 0) return ["ok", "none are recorded"];
  const repeated = await readRepeatedAnswers(client);
  const calls = scopes
    .map(({ tenantId, scope, calls: count }) => `${tenantId}: ${count} by ${nameOf(scope)}`)
    .join("; ");
  if (repeated.length === 0) return ["ok", `no answer is counted twice in the last days (${calls})`];
  const twice = repeated.map(
    ({ tenantId, scopes: by, answers, example }) =>
      `${tenantId}: ${countNoun(String(answers), "answer")} counted more than once by ${by.map(nameOf).join(" and ")}, such as ${example}`,
  );
  return [
    "warning",
    `${twice.join("; ")}. If two instrumentations write a span for one call, name one of them in aiCalls.ignoreScopes of spanledger.config.ts, then run spanledger rebuild (${calls})`,
  ];
}
