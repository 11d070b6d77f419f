import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findCollector, locateBuiltCollector } from "../../deploy/collector/find-collector.ts";
import { findGo, findPython } from "../../deploy/setup/find-language.ts";

/** A folder with a program in it that takes our configurations, or says that it has no routing connector. */
async function programIn(name: string, { complete }: { complete: boolean }): Promise<{ folder: string; path: string }> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-otelcol-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  const script = `#!/bin/sh
[ "$1" = validate ] || exit 2
for argument in "$@"; do last=$argument; done
# A program that lacks a component ends with 1, and says which.
[ -f "$last" ] && ${complete} || { echo 'unknown type: "routing"' >&2; exit 1; }
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return { folder, path };
}

function withEnvironment(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const path = process.env["PATH"] ?? "";

test("OTELCOL_BIN is used; one that lacks a component is refused, saying which", async () => {
  const complete = await programIn("any-name", { complete: true });
  withEnvironment({ OTELCOL_BIN: complete.path });
  expect(await findCollector()).toBe(complete.path);
  withEnvironment({ OTELCOL_BIN: (await programIn("any-name", { complete: false })).path });
  await expect(findCollector()).rejects.toThrow(/OTELCOL_BIN=.*routing/s);
});

test.each(["otelcol-contrib", "otelcol-spanledger"])("%s on the PATH is used", async (name) => {
  const { folder, path: program } = await programIn(name, { complete: true });
  withEnvironment({ OTELCOL_BIN: "", PATH: `${folder}${delimiter}${path}` });
  expect(await findCollector()).toBe(program);
});

test("one on the PATH that lacks a component is passed by: the one that was built is used, if it is there", async () => {
  const { folder } = await programIn("otelcol-contrib", { complete: false });
  withEnvironment({ OTELCOL_BIN: "", PATH: `${folder}${delimiter}${path}`, XDG_CACHE_HOME: folder });
  expect(await findCollector()).toBeUndefined();
  const built = await locateBuiltCollector();
  expect(built.startsWith(folder)).toBe(true);
  await mkdir(dirname(built), { recursive: true });
  await writeFile(built, "", { mode: 0o755 });
  expect(await findCollector()).toBe(built);
});

test("Go and Python are used only if they are new enough, and a missing one is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-languages-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  withEnvironment({ PATH: folder });
  expect(await findGo()).toEqual({ reason: "no go on the PATH; Go 1.26 or later is needed" });
  const says = async (name: string, version: string): Promise<void> => {
    await writeFile(join(folder, name), `#!/bin/sh\necho '${version}'\n`);
    await chmod(join(folder, name), 0o755);
  };
  await says("go", "go version go1.25.9 linux/amd64");
  expect((await findGo()).reason).toMatch(/go1\.25\.9.*Go 1\.26 or later is needed/);
  await says("go", "go version go1.26.0 linux/amd64");
  expect(await findGo()).toEqual({ path: join(folder, "go") });
  await says("python3", "Python 3.9.19");
  expect((await findPython()).reason).toContain("Python 3.10 or later is needed");
  await says("python3", "Python 3.10.0");
  expect(await findPython()).toEqual({ path: join(folder, "python3") });
});
