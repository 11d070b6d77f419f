import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const npmCli = process.env["npm_execpath"] ?? "npm";

/** npm as the product of a user would call it: none of this workspace's settings. */
async function npm(args: readonly string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?:package|lifecycle|command|execpath)/i.test(name) && name !== "NODE_ENV",
    ),
  );
  const { stdout } = npmCli.endsWith(".js")
    ? await run(process.execPath, [npmCli, ...args], { cwd, env })
    : await run(npmCli, args, { cwd, env });
  return stdout;
}

/** Packs the SDK as it would be published; returns the tarball. */
export async function packSdk(into: string): Promise<string> {
  const output = await npm(["pack", "--json", "--silent", "--pack-destination", into], join(root, "sdk"));
  const start = output.indexOf("[\n") === -1 ? output.indexOf("{") : output.indexOf("[\n");
  const parsed = JSON.parse(output.slice(start)) as unknown;
  const [first] = Object.values(parsed as Record<string, { filename: string }>);
  return join(into, first!.filename);
}

/** An empty folder outside the workspace. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), "spanledger-sdk-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A product of its own: package.json, what it installs, and its files. */
export async function makeProduct(
  parent: string,
  name: string,
  packages: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true }));
  await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages], folder);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return folder;
}
