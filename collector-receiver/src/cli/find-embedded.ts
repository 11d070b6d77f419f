import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommandError } from "./command-error.ts";

/**
 * Finds the embedded PostgreSQL that a receiver or the demo made. A command never makes one: it would be empty, and `verify`
 * would find nothing wrong.
 * @param dataFolder DATA_FOLDER
 * @returns the folder that holds its cluster
 * @throws CommandError `no_database`, with all places that were looked at
 */
export function findEmbeddedFolder(dataFolder: string): string {
  const base = resolve(dataFolder);
  // The receiver's, the demo's, and the demo's if DATA_FOLDER names that.
  const places = [join(base, "postgres"), join(base, "demo"), base];
  const found = places.find((place) => existsSync(join(place, "cluster", "PG_VERSION")));
  if (found !== undefined) return found;
  throw new CommandError(
    "no_database",
    `There is no database: DATABASE_URL is not set, and no receiver or demo has made one in ${base}. Set DATABASE_URL, set DATA_FOLDER to the receiver's, run the command in the folder where the receiver was started, or start the receiver first.`,
  );
}
