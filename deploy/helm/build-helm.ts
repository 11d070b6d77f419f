import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findGo } from "../setup/find-language.ts";
import { isExecutable } from "../setup/find-program.ts";
import { helmVersion, locateBuiltHelm } from "./find-helm.ts";

const run = promisify(execFile);

/**
 * Builds Helm from its Go module unless that was done before. Takes two or three minutes the first time.
 * @returns the path of the program
 * @throws with what to do if Go is missing or too old, or the build fails
 */
export async function buildHelm(say: (line: string) => void): Promise<string> {
  const target = await locateBuiltHelm();
  if (await isExecutable(target)) return target;
  const go = await findGo();
  if (go.path === undefined) throw new Error(`${go.reason}; install it to build Helm, or put Helm 4 on the PATH`);
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(`${target}-unfinished-`);
  try {
    say(`building Helm ${helmVersion} from its Go module; this takes some minutes`);
    const arguments_ = ["install", "-trimpath", "-ldflags", "-s -w", `helm.sh/helm/v4/cmd/helm@${helmVersion}`];
    // Without cgo it needs no C compiler.
    await run(go.path, arguments_, { cwd: work, env: { ...process.env, GOBIN: work, CGO_ENABLED: "0" } });
    // A program that is there is complete, even if two build it at once.
    await rename(join(work, "helm"), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}
