import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CustomDefinitions } from "./custom-definitions.ts";
import type { DeliveryPlan } from "./delivery-targets.ts";
import { DefinitionsError } from "./definitions-error.ts";
import { importConfig } from "./import-config.ts";
import { locateKeys } from "./locate-keys.ts";

/** Looked for in the working folder, in this order, if `SPANLEDGER_CONFIG` names no other file. */
export const configFileNames = [".mts", ".ts", ".mjs", ".js"].map((extension) => `spanledger.config${extension}`);

/**
 * The file with a product's own definitions: the one that is named, else the first of `configFileNames` that is in the
 * working folder, else null.
 * @param named the value of `SPANLEDGER_CONFIG`
 * @param folder the working folder
 * @throws DefinitionsError if a named file is not there
 */
export function findDefinitionsFile(named: string | undefined, folder: string): string | null {
  const files = named === undefined ? configFileNames : [named];
  const file = files.map((name) => resolve(folder, name)).find((path) => existsSync(path));
  if (file !== undefined) return file;
  if (named === undefined) return null;
  const problem = "is not there, and SPANLEDGER_CONFIG names it";
  throw new DefinitionsError(named, [
    { path: [], line: undefined, problem, remedy: "Name the file, or leave the variable out" },
  ]);
}

/** What such a file says: about counting, which is stored, and about messages, which is not. */
export interface ConfigFile {
  readonly definitions: CustomDefinitions;
  readonly delivery: DeliveryPlan;
}

/** The definitions of such a file. @throws DefinitionsError */
export async function loadDefinitions(file: string, reservedKeys: ReadonlySet<string>): Promise<CustomDefinitions> {
  return (await loadConfigFile(file, reservedKeys)).definitions;
}

/**
 * Runs such a file and checks what it exports by default.
 * @param reservedKeys keys that a product's own metric may not take
 * @param alertMetrics keys of the dictionary that alerts can judge
 * @throws DefinitionsError with every problem at once, each with its line in the file if that is found
 */
export async function loadConfigFile(
  file: string,
  reservedKeys: ReadonlySet<string>,
  alertMetrics: ReadonlySet<string> = reservedKeys,
): Promise<ConfigFile> {
  const shown = relative(process.cwd(), file) || file;
  // A mounted ConfigMap is a symbolic link, and Node names the file behind it.
  const real = await realpath(file);
  const source = await readFile(real, "utf8");
  let exported: unknown;
  try {
    exported = await importConfig(real);
  } catch (error) {
    throw new DefinitionsError(shown, [
      {
        path: [],
        line: lineOfError(error, real),
        problem: `cannot be run: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
        remedy: "Mend the file; `node` with its name shows the same",
      },
    ]);
  }
  // Loaded if there is a file: TypeBox takes memory.
  const { checkDefinitions } = await import("./check-definitions.ts");
  const { problems, ...said } = checkDefinitions(exported, reservedKeys, alertMetrics);
  if (problems.length === 0) return said;
  const lines = await locateKeys(source);
  throw new DefinitionsError(
    shown,
    problems.map((problem) => ({ ...problem, line: lines.lineOf(problem.path) })),
  );
}

/** The line on which Node says that the file failed: `file:///…/spanledger.config.ts:12`. */
function lineOfError(error: unknown, file: string): number | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const name of [pathToFileURL(file).href, file]) {
    const at = stack.indexOf(`${name}:`);
    const line = at < 0 ? Number.NaN : Number.parseInt(stack.slice(at + name.length + 1), 10);
    if (line > 0) return line;
  }
  return undefined;
}
