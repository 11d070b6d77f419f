import { execFile } from "node:child_process";
import { findSystemUser } from "./system-user.ts";
import { access, constants, stat } from "node:fs/promises";
import { dirname, delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** `nobody` on Linux; an id needs no entry in /etc/passwd, so no user is made on the system. */
const nobody = { uid: 65534, gid: 65534 };

/** How to start a program that refuses to run as root. */
export interface UnprivilegedLauncher {
  /** Who the program runs as and who has to own what it writes; undefined if that is ourselves. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** What to spawn instead of `program args`. */
  wrap(program: string, args: readonly string[]): { file: string; args: string[]; uid?: number; gid?: number };
}

export class CannotRunUnprivilegedError extends Error {
  override readonly name = "CannotRunUnprivilegedError";
  readonly code = "cannot_run_unprivileged";
}

/**
 * Chooses how to start `program`. As an ordinary user it is started as it is. As root it runs as `owner`, who owns the
 * data already, else as the system's user `spanledger` or `postgres`, else as `nobody`. No user is made.
 *
 * Below a folder that others cannot enter (/root is mode 700) the bare change of the user id is not
 * enough: there CAP_DAC_OVERRIDE is kept as an ambient capability. It needs the securebit
 * no_setuid_fixup too, because PostgreSQL looks for its own binaries with access(2), which without it
 * ignores the capabilities of a process that is not root. Where `setpriv` (util-linux) is present,
 * the program also gets SIGINT when we die, be it by SIGKILL.
 * @param mustReach existing files and folders that the program has to be able to open
 * @throws CannotRunUnprivilegedError as root if neither way works
 */
export async function chooseLauncher(
  program: string,
  mustReach: readonly string[],
  owner?: { uid: number; gid: number },
): Promise<UnprivilegedLauncher> {
  const setpriv = process.platform === "linux" ? await findOnPath("setpriv") : undefined;
  if (process.getuid?.() !== 0) {
    const dying =
      setpriv === undefined ? undefined : await probe({ file: setpriv, args: ["--pdeathsig", "INT"], program });
    return {
      owner: undefined,
      wrap: (file, args) =>
        dying === undefined ? { file, args: [...args] } : { file: dying.file, args: [...dying.args, file, ...args] },
    };
  }

  const runAs = owner === undefined || owner.uid === 0 ? ((await findSystemUser()) ?? nobody) : owner;
  const asUser = [`--reuid=${runAs.uid}`, `--regid=${runAs.gid}`, "--clear-groups", "--pdeathsig", "INT"];
  const reachable = (await Promise.all([program, ...mustReach].map((path) => othersCanReach(path, runAs.uid)))).every(
    Boolean,
  );
  if (setpriv !== undefined) {
    const capable = [
      "--securebits=+no_setuid_fixup",
      "--inh-caps=-all,+dac_override",
      "--ambient-caps=-all,+dac_override",
    ];
    const prefix = await probe({ file: setpriv, args: reachable ? asUser : [...capable, ...asUser], program });
    if (prefix !== undefined) {
      return { owner: runAs, wrap: (file, args) => ({ file: prefix.file, args: [...prefix.args, file, ...args] }) };
    }
  }
  if (reachable) return { owner: runAs, wrap: (file, args) => ({ file, args: [...args], ...runAs }) };
  throw new CannotRunUnprivilegedError(
    `PostgreSQL refuses to run as root, and user id ${runAs.uid} cannot enter the folders above ${program} (setpriv ${setpriv === undefined ? "is not installed" : "was refused by the system"}). ` +
      "Move the project to a folder that every user can enter, start it as an ordinary user, or set DATABASE_URL to a PostgreSQL server.",
  );
}

async function probe(prefix: {
  file: string;
  args: string[];
  program: string;
}): Promise<{ file: string; args: string[] } | undefined> {
  try {
    await run(prefix.file, [...prefix.args, prefix.program, "--version"]);
    return prefix;
  } catch {
    return undefined;
  }
}

async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/bin"]) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

async function othersCanReach(path: string, uid: number): Promise<boolean> {
  const leaf = await stat(path);
  const needed = leaf.isDirectory() ? 0o5 : 0o4;
  if (leaf.uid !== uid && (leaf.mode & needed) !== needed) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid: folderOwner } = await stat(folder);
    if (folderOwner === uid ? (mode & 0o100) === 0 : (mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
