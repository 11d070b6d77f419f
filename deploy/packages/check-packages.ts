/**
 * `npm run check:packages`: packs what is published and lets publint and Are The Types Wrong look at it. Every entry must
 * have code and types under each way in which TypeScript resolves.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packWorkspace, publishedWorkspaces } from "./pack-workspace.ts";

/** Only we resolve by it, in the clone: the sources that it names are not published. */
const sourceCondition = "spanledger-source";

/** @returns what is wrong with a tarball, a line each */
export async function findPackageProblems(tarball: string): Promise<string[]> {
  const bytes = await readFile(tarball);
  return [...(await lint(bytes)), ...(await checkTypes(bytes))].map((problem) => `${basename(tarball)}: ${problem}`);
}

async function lint(tarball: Buffer): Promise<string[]> {
  const { buffer, byteOffset, byteLength } = tarball;
  const copy = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const { messages, pkg } = await publint({ pack: { tarball: copy }, level: "warning", strict: true });
  return messages
    .filter(({ path }) => !path.includes(sourceCondition))
    .map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

async function checkTypes(tarball: Buffer): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  if (!result.types) return ["it has no types"];
  return result.problems.filter((problem) => !isFine(problem)).map((problem) => JSON.stringify(problem));
}

/** The receiver is an ES module for Node 24, where `require` takes those too. */
const isFine = (problem: Problem): boolean => problem.kind === "CJSResolvesToESM";

if (import.meta.main) {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-packages-"));
  try {
    const tarballs = await Promise.all(publishedWorkspaces.map((workspace) => packWorkspace(workspace, folder)));
    const problems = (await Promise.all(tarballs.map(findPackageProblems))).flat();
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
