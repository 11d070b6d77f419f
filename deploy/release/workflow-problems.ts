import { parse } from "yaml";
import { loadWorkflowParser } from "./load-workflow-parser.ts";

/** What a workflow may name in the repository. */
export interface Repository {
  /** Names of npm scripts. */
  readonly scripts: readonly string[];
  hasFile(path: string): boolean;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

/**
 * What is wrong with a workflow: by GitHub's own schema and expressions, and beyond them scripts and files that do not exist,
 * actions that move with a branch, jobs that may hang for six hours, and rights that nobody limited.
 */
export async function findWorkflowProblems(path: string, text: string, repository: Repository): Promise<string[]> {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await loadWorkflowParser();
  const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  const problems = context.errors.getErrors().map(({ message }) => message);
  if (value !== undefined && problems.length === 0) {
    const { errors } = await convertWorkflowTemplate(context, value);
    problems.push(...(errors ?? []).map(({ Message }) => Message));
  }
  if (problems.length > 0) return problems;
  const workflow = parse(text) as { readonly permissions?: unknown; readonly jobs: Record<string, Job> };
  if (workflow.permissions === undefined) problems.push("has no permissions: its token could write everything");
  for (const [name, job] of Object.entries(workflow.jobs)) {
    for (const problem of problemsOf(job, repository)) problems.push(`job ${name}: ${problem}`);
  }
  return problems;
}

function problemsOf(job: Job, { scripts, hasFile }: Repository): string[] {
  const problems: string[] = [];
  const missing = (path: string): void => {
    if (!hasFile(path)) problems.push(`there is no file ${path}`);
  };
  if (job.uses?.startsWith("./") === true) missing(job.uses.slice(2));
  if (job.uses === undefined && job["timeout-minutes"] === undefined) problems.push("has no timeout-minutes");
  for (const { uses, run = "" } of job.steps ?? []) {
    if (uses !== undefined && !/^[\w.-]+\/[\w./-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})$/.test(uses)) {
      problems.push(`${uses} is not pinned to a version or a commit`);
    }
    for (const [, script = ""] of run.matchAll(/\bnpm run (?:-s |--silent )?([\w:-]+)/g)) {
      if (!scripts.includes(script)) problems.push(`there is no npm script "${script}"`);
    }
    for (const [file] of run.matchAll(/(?<![\w./-])(?:\.ci|deploy|test|collector-receiver)\/[\w./-]+/g)) missing(file);
  }
  return problems;
}
