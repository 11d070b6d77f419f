/** One thing that is wrong with a `spanledger.config.ts`. */
export interface DefinitionProblem {
  /** `metrics.tables_booked.event`; empty for the file as a whole. */
  readonly path: readonly string[];
  readonly problem: string;
  /** What to do. */
  readonly remedy: string;
}

export interface LocatedProblem extends DefinitionProblem {
  /** From 1; undefined if it is not known. */
  readonly line: number | undefined;
}

/** All that is wrong with a `spanledger.config.ts`, each with its line, so that it is mended in one go. */
export class DefinitionsError extends Error {
  override readonly name = "DefinitionsError";
  readonly code = "definitions_invalid";
  readonly file: string;
  readonly problems: readonly LocatedProblem[];
  constructor(file: string, problems: readonly LocatedProblem[], subject = "The definitions have") {
    const head = problems.length === 1 ? `${subject} a problem:` : `${subject} ${problems.length} problems:`;
    const lines = problems
      .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
      .map(({ line, path, problem, remedy }) => {
        const where = path.length === 0 ? "" : `${path.map(describeKey).join("")} `;
        return `  ${file}${line === undefined ? "" : `:${line}`} ${where}${problem}. ${remedy}.`;
      });
    super([head, ...lines].join("\n"));
    this.file = file;
    this.problems = problems;
  }
}

function describeKey(key: string, place: number): string {
  if (/^[A-Za-z_]\w*$/.test(key)) return place === 0 ? key : `.${key}`;
  return `[${JSON.stringify(key)}]`;
}
