import { inspect } from "node:util";
import { explainFailure } from "../explain-failure.ts";

/**
 * Says why a command failed: known errors in a sentence, anything else as a bug of ours with its stack.
 * @param databaseUrl the database that the command used; its password is never shown
 */
export function describeCommandFailure(error: unknown, databaseUrl: string | undefined): string {
  const explanation = explainFailure(error, databaseUrl);
  const stack = error instanceof Error ? (error.stack ?? error.message) : inspect(error);
  if (explanation === undefined) {
    return `spanledger: the command failed for an unknown reason, which is a bug. Please report it. [unexpected]\n${stack}\n`;
  }
  const { code, message } = explanation;
  return `spanledger: ${message} [${code}]\n${code === "schema_differs" ? `${stack}\n` : ""}`;
}
