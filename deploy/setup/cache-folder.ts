import { accessSync, constants } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { makePrivateFolder, userCacheFolder } from "../../collector-receiver/src/operating/private-folder.ts";

/**
 * Where programs that were downloaded or built are kept, outside the clone, so that each is obtained once per machine:
 * `$XDG_CACHE_HOME/spanledger`, else `~/.cache/spanledger`, else a folder among the temporary files. They are run, so other
 * users must not be able to write to it.
 * @returns a folder that exists and may be written
 */
export async function findCacheFolder(): Promise<string> {
  const preferred = userCacheFolder();
  if (process.platform === "win32") {
    await mkdir(preferred, { recursive: true });
    return preferred;
  }
  const fallback = join(tmpdir(), `spanledger-cache-${userInfo().uid}`);
  for (const folder of [preferred, fallback]) {
    const found = makePrivateFolder(folder);
    if (found !== undefined && isWritable(found)) return found;
  }
  throw new Error(
    `Neither ${preferred} nor ${fallback} can hold downloaded programs: the folder and those above it must be yours or ` +
      "root's, and others must not be able to write to them. Mend one of them, or set XDG_CACHE_HOME to another folder.",
  );
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
