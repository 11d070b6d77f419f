/** The spool holds what products know of people, perhaps in a folder that others can write to. */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SourceIdentity } from "../../sdk/src/sending/source-identity.ts";
import { SpoolBacklog } from "../../sdk/src/spool/spool-backlog.ts";
import { adoptFolders, createFolder } from "../../sdk/src/spool/spool-folder.ts";
import { recordIntoMemory } from "./record-into-memory.ts";

let root: string;
let spool: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "spanledger-private-"));
  spool = join(root, "spool");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const identityOf = (sourceId: string) => ({ sourceId, signal: "traces", resource: {} }) as unknown as SourceIdentity;

/** A folder as a process that died leaves it. */
function leaveFolder(path: string, sourceId: string): string {
  mkdirSync(path, { recursive: true });
  const owner = { identity: identityOf(sourceId), pid: 2 ** 30, host: hostname(), startedAt: 0 };
  writeFileSync(join(path, "owner.json"), JSON.stringify(owner));
  return path;
}

it("nobody else may enter its folders or read its files", () => {
  const before = process.umask(0);
  try {
    const backlog = new SpoolBacklog(createFolder(spool, identityOf(randomUUID())));
    backlog.append(recordIntoMemory(10).take(10, 1e9)!);
    const first = backlog.take(5, 1e9)!;
    backlog.settle(first);
    backlog.close();
    expect(statSync(spool).mode & 0o777).toBe(0o700);
    expect(statSync(backlog.folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(backlog.folder);
    expect(files.map((file) => file.replace(/^.*\.seg$/, "a segment")).toSorted()).toEqual([
      "a segment",
      "owner.json",
      "progress",
    ]);
    for (const file of files) expect(statSync(join(backlog.folder, file)).mode & 0o777, file).toBe(0o600);
  } finally {
    process.umask(before);
  }
});

it("takes over a dead process's folder only if a UUID names it and the folder lies in the spool", () => {
  const dead = randomUUID();
  leaveFolder(join(spool, dead), dead);
  const moved = randomUUID();
  leaveFolder(join(spool, `${moved}.123-1700000000000`), moved);
  // What another user could lay there: other names, a way out of the spool, another source's name, a link.
  leaveFolder(join(spool, "not-a-uuid"), "not-a-uuid");
  leaveFolder(join(spool, `${randomUUID()}.old`), randomUUID());
  const escaping = leaveFolder(join(spool, randomUUID()), "../../outside");
  const other = leaveFolder(join(spool, randomUUID()), randomUUID());
  const linked = randomUUID();
  const outside = leaveFolder(join(root, "outside", linked), linked);
  symlinkSync(outside, join(spool, linked));
  writeFileSync(join(spool, randomUUID()), "a file");

  expect(
    adoptFolders(spool)
      .map(({ identity }) => identity.sourceId)
      .toSorted(),
  ).toEqual([dead, moved].toSorted());
  for (const left of [escaping, other, outside, join(spool, "not-a-uuid")]) expect(existsSync(left), left).toBe(true);
  expect(readdirSync(root).toSorted()).toEqual(["outside", "spool"]);
});
