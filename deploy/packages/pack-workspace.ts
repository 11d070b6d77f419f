import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { locateInRepository } from "../../docs/generate-documents.ts";

/** The workspaces that are published. */
export const publishedWorkspaces = ["sdk", "collector-receiver"] as const;

/** npm as a user's product would call it: none of this workspace's settings. */
export async function runNpm(args: readonly string[], cwd: string): Promise<string> {
  const npmCli = process.env["npm_execpath"] ?? "npm";
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?:package|lifecycle|command|execpath)/i.test(name) && name !== "NODE_ENV",
    ),
  );
  const [file, ...words] = npmCli.endsWith(".js") ? [process.execPath, npmCli, ...args] : [npmCli, ...args];
  const { stdout } = await promisify(execFile)(file, words, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Builds and packs a workspace as it would be published. @returns the tarball's path */
export async function packWorkspace(workspace: (typeof publishedWorkspaces)[number], into: string): Promise<string> {
  const words = ["pack", "--json", "--silent", "--pack-destination", into];
  const output = await runNpm(words, locateInRepository(workspace));
  // npm 10 and 11 print a list, npm 12 an object by name; lines of the build may come before.
  const start = output.indexOf("[\n") === -1 ? output.indexOf("{") : output.indexOf("[\n");
  const [packed] = Object.values(JSON.parse(output.slice(start)) as Record<string, { readonly filename: string }>);
  return join(into, packed!.filename);
}
