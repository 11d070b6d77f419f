import { execFile } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { makePrivateFolder } from "../../../collector-receiver/src/operating/private-folder.ts";
import { findCacheFolder } from "../../../deploy/setup/cache-folder.ts";

const us = process.geteuid!();
const somebodyElse = us + 4321;

async function makeHome(): Promise<string> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "spanledger-home-")));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

test("makes the folder and its parents with mode 0700 and finds them again", async () => {
  const folder = join(await makeHome(), "cache/spanledger/compiled");
  expect(makePrivateFolder(folder)).toBe(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, ".."))).mode & 0o777).toBe(0o700);
  expect(makePrivateFolder(folder)).toBe(folder);
});

test("takes a home that is reached through a symbolic link, by its real path", async () => {
  const home = await makeHome();
  await mkdir(join(home, "real"), { mode: 0o700 });
  await symlink(join(home, "real"), join(home, "link"));
  expect(makePrivateFolder(join(home, "link/compiled"))).toBe(join(home, "real/compiled"));
});

test.each<[what: string, make: (folder: string) => Promise<unknown>]>([
  [
    "a symbolic link to a folder of ours",
    async (folder) => {
      await mkdir(`${folder}-other`, { mode: 0o700 });
      await symlink(`${folder}-other`, folder);
    },
  ],
  ["a symbolic link that leads nowhere", (folder) => symlink("/nonexistent/place", folder)],
  ["a folder that its group may write", (folder) => mkdir(folder).then(() => chmod(folder, 0o770))],
  ["a folder that others may write", (folder) => mkdir(folder).then(() => chmod(folder, 0o702))],
  ["a folder that everybody may write", (folder) => mkdir(folder).then(() => chmod(folder, 0o777))],
  ["a sticky folder that everybody may write", (folder) => mkdir(folder).then(() => chmod(folder, 0o1777))],
  [
    "a folder in one that everybody may write",
    async (folder) => {
      await mkdir(folder, { mode: 0o700 });
      await chmod(join(folder, ".."), 0o777);
    },
  ],
  ["a missing folder in one that everybody may write", (folder) => chmod(join(folder, ".."), 0o777)],
  ["a file", (folder) => writeFile(folder, "")],
])("refuses %s", async (what, make) => {
  const parent = join(await makeHome(), "parent");
  await mkdir(parent, { mode: 0o700 });
  const folder = join(parent, "compiled");
  await make(folder);
  expect(makePrivateFolder(folder), what).toBeUndefined();
});

test("refuses a folder of another user, and one below a folder of another user", async () => {
  const home = await makeHome();
  const folder = join(home, "compiled");
  await mkdir(folder, { mode: 0o700 });
  expect(makePrivateFolder(folder, us)).toBe(folder);
  expect(makePrivateFolder(folder, somebodyElse)).toBeUndefined();
  expect(makePrivateFolder(join(folder, "below"), somebodyElse)).toBeUndefined();
  expect(makePrivateFolder(join(home, "made"), somebodyElse), "what we make is not theirs").toBeUndefined();
});

test("refuses a place if others may write to a folder far above it, unless that is sticky", async () => {
  const home = await makeHome();
  const folder = join(home, "above/between/compiled");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(join(home, "above"), 0o777);
  expect(makePrivateFolder(folder)).toBeUndefined();
  expect(makePrivateFolder(join(folder, "new"))).toBeUndefined();
  await chmod(join(home, "above"), 0o1777);
  expect(makePrivateFolder(folder)).toBe(folder);
  expect(makePrivateFolder(join(folder, "new"))).toBe(join(folder, "new"));
});

test.runIf(us === 0)("trusts folders of its user and of root above it, and of nobody else", async () => {
  const home = await makeHome();
  const folder = join(home, "above/compiled");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, somebodyElse, somebodyElse);
  expect(makePrivateFolder(folder, somebodyElse), "root's is above it").toBe(folder);
  await chown(join(home, "above"), somebodyElse, somebodyElse);
  expect(makePrivateFolder(folder, somebodyElse), "their own is above it").toBe(folder);
  await chown(join(home, "above"), somebodyElse + 1, somebodyElse);
  expect(makePrivateFolder(folder, somebodyElse), "a third one's is above it").toBeUndefined();
});

test("has no folder where files have no owners, as on Windows", async () => {
  const home = await makeHome();
  const geteuid = vi.spyOn(process as { geteuid?: unknown }, "geteuid", "get").mockReturnValue(undefined);
  onTestFinished(() => geteuid.mockRestore());
  expect(makePrivateFolder(join(home, "compiled"))).toBeUndefined();
  expect(await readdir(home)).toEqual([]);
});

test("gives up on a place where nothing can be made", () => {
  expect(makePrivateFolder("/proc/nobody/compiled")).toBeUndefined();
});

test("downloaded programs are kept among the temporary files only in a folder of ours", async () => {
  const home = await makeHome();
  const { TMPDIR, XDG_CACHE_HOME } = process.env;
  onTestFinished(() => {
    for (const [name, value] of Object.entries({ TMPDIR, XDG_CACHE_HOME })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  process.env["TMPDIR"] = home;
  process.env["XDG_CACHE_HOME"] = "/proc/nobody";
  const fallback = join(home, `spanledger-cache-${process.getuid!()}`);
  expect(await findCacheFolder()).toBe(fallback);
  await chmod(fallback, 0o777);
  await expect(findCacheFolder()).rejects.toThrow(/XDG_CACHE_HOME/);
});

/** Starts the receiver with a value that it refuses, which is after its code was loaded. */
async function startOnce(home: string, temporary: string): Promise<void> {
  const spanledger = fileURLToPath(new URL("../../../collector-receiver/bin/spanledger.js", import.meta.url));
  const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: temporary, PORT: "none" };
  await expect(promisify(execFile)(process.execPath, [spanledger, "start"], { env })).rejects.toMatchObject({
    code: 78,
  });
}

test("the receiver keeps compiled code in the user's cache, and nothing among the temporary files", async () => {
  const [home, temporary] = [await makeHome(), await makeHome()];
  await startOnce(home, temporary);
  expect(await readdir(join(home, ".cache/spanledger/compiled"))).toHaveLength(1);
  expect(await readdir(temporary)).toEqual([]);
});

test("the receiver starts without compiled code if others could have written it", async () => {
  const [home, temporary] = [await makeHome(), await makeHome()];
  const folder = join(home, ".cache/spanledger/compiled");
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
  await startOnce(home, temporary);
  expect(await readdir(folder)).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});
