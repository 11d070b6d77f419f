import type { VariableName } from "./environment-schema.ts";

/** One thing that is wrong with the environment. */
export interface ConfigProblem {
  readonly variable: VariableName;
  /** The value as it may be shown; a secret's is not. */
  readonly shown: string;
  readonly problem: string;
  /** What to do. */
  readonly remedy: string;
}

/** All that is wrong with the environment, so that it is mended in one go. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "config_invalid";
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    super(
      [
        problems.length === 1 ? "The environment has a problem:" : `The environment has ${problems.length} problems:`,
        ...problems.map(({ variable, shown, problem, remedy }) => `  ${variable}${shown}: ${problem}. ${remedy}.`),
      ].join("\n"),
    );
    this.problems = problems;
  }
}
