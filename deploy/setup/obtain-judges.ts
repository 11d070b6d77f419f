import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNodePackages, obtainNodePackages, type NodeProgram } from "./obtain-node-packages.ts";

const folder = fileURLToPath(new URL("../../test/judges/javascript/", import.meta.url));

/** Instrumentations of model calls on which mapping is tested: the folders of test/judges/javascript. */
export const javascriptJudges: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  .toSorted();

const programOf = (name: string): NodeProgram => ({ kind: "judges", sources: join(folder, name) });

/** The folder in which that judge's packages are installed, if `npm run setup` did that before. */
export const findJavascriptJudge = (name: string): Promise<string | undefined> => findNodePackages(programOf(name));

/** Finds that folder, or installs the packages; see `obtainNodePackages`. */
export const obtainJavascriptJudge = (name: string, say: (line: string) => void): Promise<string> =>
  obtainNodePackages(programOf(name), say);
