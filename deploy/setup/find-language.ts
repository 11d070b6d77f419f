import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findProgram } from "./find-program.ts";

const run = promisify(execFile);

/** A language's program that is new enough, or why there is none. */
export type FoundLanguage =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

/** Go: the Collector's modules and ours say so in their go.mod. */
export const findGo = (): Promise<FoundLanguage> => findLanguage("Go", "go", ["version"], [1, 26]);

/** Java: a source file is run as it is since 11, and `String.repeat` is as old. */
export const findJava = (): Promise<FoundLanguage> => findLanguage("Java", "java", ["--version"], [11, 0]);

/** Python: what the example's packages support. */
export const findPython = (): Promise<FoundLanguage> => findLanguage("Python", "python3", ["--version"], [3, 10]);

async function findLanguage(
  language: string,
  program: string,
  askVersion: readonly string[],
  oldest: readonly [major: number, minor: number],
): Promise<FoundLanguage> {
  const needed = oldest.join(".");
  const path = await findProgram(program);
  if (path === undefined) return { reason: `no ${program} on the PATH; ${language} ${needed} or later is needed` };
  const { stdout } = await run(path, [...askVersion]).catch(() => ({ stdout: "nothing" }));
  const match = /(\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return { path };
  return { reason: `${path} says ${stdout.trim()}; ${language} ${needed} or later is needed` };
}
