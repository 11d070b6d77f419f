import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * Where what was downloaded or built is kept, outside the clone, so that it is obtained once per machine:
 * `$XDG_CACHE_HOME/spanledger`, else `~/.cache/spanledger`, else a folder among the temporary files.
 * @returns a folder that exists and may be written
 */
export async function findCacheFolder(): Promise<string> {
  const preferred = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "spanledger");
  try {
    await mkdir(preferred, { recursive: true });
    await access(preferred, constants.W_OK);
    return preferred;
  } catch {
    const fallback = join(tmpdir(), `spanledger-cache-${userInfo().uid}`);
    await mkdir(fallback, { recursive: true, mode: 0o700 });
    return fallback;
  }
}
