import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/config-error.ts";
import { loadConfig } from "../../config/load-config.ts";
import { findMisspelt } from "../../config/find-misspelt.ts";
import type { Finding } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the other checks need even if something else in the environment is wrong. */
const neededByChecks = ["DATABASE_URL", "DATA_FOLDER", "REDIS_URL", "SPANLEDGER_CONFIG"];
/** Refused without DATABASE_URL. */
const besideDatabase = ["MIGRATION_DATABASE_URL", "READ_DATABASE_URL"];

/**
 * Checks the environment.
 * @returns the findings, and a config to go on with: without the variables that are wrong, if there are any
 */
export function checkEnvironment(environment: Environment): { readonly config: Config; readonly findings: Finding[] } {
  const check = "environment";
  const misspelt = findMisspelt(environment).map(({ given, meant }): Finding => {
    const text = `${given} is set, and the receiver does not read it: do you mean ${meant}?`;
    return { check, outcome: "warning", text };
  });
  try {
    const config = loadConfig(environment);
    const ok: Finding = { check, outcome: "ok", text: "every variable that is set fits" };
    return { config, findings: misspelt.length > 0 ? misspelt : [ok] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = new Set<string>(error.problems.map(({ variable }) => variable));
    const failed = error.problems.map(({ variable, shown, problem, remedy }): Finding => {
      return { check, outcome: "failed", text: `${variable}${shown}: ${problem}. ${remedy}.` };
    });
    const needed = wrong.has("DATABASE_URL") ? neededByChecks : [...neededByChecks, ...besideDatabase];
    const rest = needed.filter((name) => !wrong.has(name)).map((name) => [name, environment[name]]);
    return { config: loadConfig(Object.fromEntries(rest)), findings: [...failed, ...misspelt] };
  }
}
