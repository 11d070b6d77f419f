import { lstat, readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** From the top of the package; npm packs no symbolic links, so the package lists them. */
interface PackedLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the symbolic links between PostgreSQL's libraries, as the package's install script does if it may run.
 * Links that are there stay.
 * @param folder the npm package with PostgreSQL's binaries
 * @throws the system's error if a link is missing and cannot be made
 */
export async function makeLinks(folder: string): Promise<void> {
  for (const { source, target } of await readLinks(join(folder, "native", "pg-symlinks.json"))) {
    const link = join(folder, target);
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (error) {
      // It is there already, or another start was faster. On a read-only disk the system need not say EEXIST.
      if (!(await isThere(link))) throw error;
    }
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** The package for Windows has no list of links. */
async function readLinks(file: string): Promise<readonly PackedLink[]> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as readonly PackedLink[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
