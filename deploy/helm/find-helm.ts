import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { findCacheFolder } from "../setup/cache-folder.ts";
import { findProgram, isExecutable } from "../setup/find-program.ts";

const run = promisify(execFile);

/** The Helm that `npm run setup` builds. */
export const helmVersion = "v4.3.2";

/** Where it is put: another version, another folder. */
export async function locateBuiltHelm(): Promise<string> {
  return join(await findCacheFolder(), "helm", `${helmVersion}-${process.platform}-${process.arch}`, "helm");
}

/** Helm 4: the one on the PATH, else the one that was built. Helm 3 on the PATH is passed over. */
export async function findHelm(): Promise<string | undefined> {
  const path = await findProgram("helm");
  if (path !== undefined) {
    const { stdout } = await run(path, ["version", "--template", "{{.Version}}"]).catch(() => ({ stdout: "" }));
    if (stdout.startsWith("v4.")) return path;
  }
  const built = await locateBuiltHelm();
  return (await isExecutable(built)) ? built : undefined;
}
