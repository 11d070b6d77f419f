import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findHelm, locateBuiltHelm } from "../../deploy/helm/find-helm.ts";

/** The PATH is a folder with a `helm` that says this version, and the cache is empty. */
async function putHelmOnPath(version: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-helm-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const helm = join(folder, "helm");
  await writeFile(helm, `#!/bin/sh\necho ${version}\n`);
  await chmod(helm, 0o755);
  vi.stubEnv("PATH", folder);
  vi.stubEnv("XDG_CACHE_HOME", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return helm;
}

test("Helm 4 on the PATH serves as well as the one that is built", async () => {
  const helm = await putHelmOnPath("v4.0.1");
  expect(await findHelm()).toBe(helm);
});

test("Helm 3 on the PATH is passed over", async () => {
  await putHelmOnPath("v3.19.0");
  expect(await findHelm()).toBeUndefined();
  expect(await locateBuiltHelm()).toMatch(/\/helm\/v4\.\d+\.\d+-\w+-\w+\/helm$/);
});
