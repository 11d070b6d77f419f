import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The command that starts the receiver of a checked-out commit: its own "start" script, with the flags for V8
 * that belong to that commit.
 *
 * `collector-receiver/bin/spanledger.js` is not looked for by its name, because in older commits it only is the
 * command line and starts nothing; in commits in which it starts the receiver, the script names it.
 * @throws Error if package.json has no such script
 */
export async function findStartCommand(folder: string): Promise<string> {
  const file = join(folder, "package.json");
  const { scripts } = JSON.parse(await readFile(file, "utf8")) as { scripts?: Record<string, string> };
  const command = scripts?.["start"];
  if (command === undefined) throw new Error(`${file} has no "start" script, so the bench cannot start its receiver`);
  return command;
}
