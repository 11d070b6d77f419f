import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import type { SourceIdentity } from "../sending/source-identity.ts";

/** Whose events a folder holds, and which process writes or sends them. */
export interface FolderOwner {
  readonly identity: SourceIdentity;
  readonly pid: number;
  readonly host: string;
  /** Start of that process, in ms of the machine's monotonic clock: tells it from an earlier one with its id. */
  readonly startedAt: number;
}

const ownerFile = "owner.json";
/** Events hold what products know of people: nobody else of the machine may read them. */
export const privateFolder = 0o700;
export const privateFile = 0o600;
/** A source's id, alone or with the process that took its folder over. What is named otherwise is not ours. */
const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const folderName = new RegExp(`^(${uuid})(?:\\.\\d+-\\d+)?$`);
/** Folders that are being made or removed: they hold no events, even if their process was killed. */
const hiddenPrefix = ".";
/** A living process touches its folder more often than this, in ms; the folder may be on a shared disk. */
export const heartbeatMs = 10_000;
const staleMs = 60_000;

/** Folders that this thread uses. */
const ours = new Set<string>();
/** The same in every thread of this process, to a millisecond, whatever happens to the wall clock. */
const processStartedAt = Number(process.hrtime.bigint() / 1_000_000n) - process.uptime() * 1000;
const sameStartMs = 500;

/** What a folder's owner last showed of itself, and since when nothing else was seen, on our own clock. */
const lastBeats = new Map<string, { readonly mtimeMs: number; readonly sinceMs: number }>();

/** The folder of a source, if a sender before has left one: a worker that died, of this same process. */
export function findFolder(spool: string, identity: SourceIdentity): string | null {
  const folder = join(spool, identity.sourceId);
  if (!existsSync(folder)) return null;
  ours.add(folder);
  return folder;
}

/** Makes the folder of a new source, visible to others only when it is complete. Throws the disk's error. */
export function createFolder(spool: string, identity: SourceIdentity): string {
  const folder = join(spool, identity.sourceId);
  const unfinished = join(spool, `${hiddenPrefix}new-${identity.sourceId}`);
  makeFolder(unfinished);
  writeOwner(unfinished, identity);
  ours.add(folder);
  renameSync(unfinished, folder);
  return folder;
}

/** With those above it. Node's own `recursive` never comes back where the system lets nobody make one, as in /proc. */
function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (above !== folder && !existsSync(above)) makeFolder(above);
  try {
    mkdirSync(folder, { mode: privateFolder });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Shows that the owner lives. */
export function beat(folder: string): void {
  const now = new Date();
  utimesSync(join(folder, ownerFile), now, now);
}

export function removeFolder(folder: string): void {
  ours.delete(folder);
  // Killed half-way, the rest must not look like a folder with events.
  const hidden = join(dirname(folder), `${hiddenPrefix}gone-${basename(folder)}`);
  renameSync(folder, hidden);
  rmSync(hidden, { recursive: true, force: true });
}

/**
 * Takes over the folders of processes that are dead: those of this host whose process is gone, those of
 * other hosts that nobody has touched for a minute, and those of a living process (another thread of it
 * was the owner, or the id was given out again) that stay untouched for a minute of our own running time.
 * Renaming decides between two processes that try at once.
 */
export function adoptFolders(
  spool: string,
  now = Date.now(),
): { readonly folder: string; readonly identity: SourceIdentity }[] {
  const adopted: { readonly folder: string; readonly identity: SourceIdentity }[] = [];
  if (!existsSync(spool)) return adopted;
  for (const name of readdirSync(spool)) {
    const folder = join(spool, name);
    if (name.startsWith(hiddenPrefix)) {
      removeStale(folder, now);
      continue;
    }
    if (ours.has(folder)) continue;
    const owner = isFolderOfSource(folder, name) ? readOwner(folder, name) : null;
    if (owner === null || !isDead(folder, owner, now)) continue;
    const taken = join(spool, `${owner.identity.sourceId}.${process.pid}-${now}`);
    try {
      renameSync(folder, taken);
      writeOwner(taken, owner.identity);
    } catch {
      // Another process was quicker.
      continue;
    }
    ours.add(taken);
    lastBeats.delete(folder);
    adopted.push({ folder: taken, identity: owner.identity });
  }
  return adopted;
}

/** What a killed process was making or removing. */
function removeStale(folder: string, now: number): void {
  try {
    if (now - statSync(folder).mtimeMs > staleMs) rmSync(folder, { recursive: true, force: true });
  } catch {
    // Its process has finished the removal itself.
  }
}

function isDead(folder: string, owner: FolderOwner, now: number): boolean {
  let mtimeMs: number;
  try {
    ({ mtimeMs } = statSync(join(folder, ownerFile)));
  } catch {
    return false;
  }
  if (owner.host !== hostname()) return now - mtimeMs > staleMs;
  // A restarted container has the same process id again, but has not begun at the same time.
  const sameProcess = Math.abs(owner.startedAt - processStartedAt) < sameStartMs;
  if (owner.pid === process.pid ? !sameProcess : !isAlive(owner.pid)) return true;
  // A machine that was suspended wakes up with old times everywhere: only time that we saw pass counts.
  const nowMs = performance.now();
  const last = lastBeats.get(folder);
  if (last?.mtimeMs !== mtimeMs) lastBeats.set(folder, { mtimeMs, sinceMs: nowMs });
  return last?.mtimeMs === mtimeMs && nowMs - last.sinceMs > staleMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function writeOwner(folder: string, identity: SourceIdentity): void {
  const owner: FolderOwner = {
    identity,
    pid: process.pid,
    host: hostname(),
    startedAt: processStartedAt,
  };
  // Written apart and renamed: a process that is killed meanwhile must not leave half of it.
  const file = join(folder, ownerFile);
  writeFileSync(`${file}.new`, JSON.stringify(owner), { mode: privateFile });
  renameSync(`${file}.new`, file);
}

/** A link could lead anywhere: only a real folder of the spool is taken over. */
function isFolderOfSource(folder: string, name: string): boolean {
  return folderName.test(name) && lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Null also if the folder names another source than its name does: that id would become part of a path. */
function readOwner(folder: string, name: string): FolderOwner | null {
  try {
    const owner = JSON.parse(readFileSync(join(folder, ownerFile), "utf8")) as FolderOwner;
    const { identity, pid, host, startedAt } = owner;
    const valid =
      typeof pid === "number" &&
      typeof startedAt === "number" &&
      typeof host === "string" &&
      identity.sourceId === folderName.exec(name)?.[1] &&
      (identity.signal === "traces" || identity.signal === "logs") &&
      typeof identity.resource === "object";
    return valid ? owner : null;
  } catch {
    // No folder of ours, or one that is being made.
    return null;
  }
}
