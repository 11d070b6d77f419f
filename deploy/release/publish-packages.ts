import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingAddresses } from "./check-addresses.ts";
import { git, refuseDirtyTree } from "./git.ts";
import { ReleaseError } from "./release-error.ts";

/** In the order in which they need each other. */
const packages = ["sdk", "collector-receiver"];

/**
 * Publishes both packages with provenance; only a workflow can, because the registry asks it who built them.
 * @param checkOnly looks whether they may be published, and publishes nothing
 * @throws ReleaseError if they may not; nothing was published
 */
export function publishPackages(root: string, { checkOnly }: { readonly checkOnly: boolean }): void {
  refuseUnpublishable(root);
  if (checkOnly) return;
  for (const folder of packages) {
    const parameters = ["publish", "--provenance", "--access", "public", "--workspace", folder];
    const { status } = spawnSync("npm", parameters, { cwd: root, stdio: "inherit" });
    if (status !== 0) throw new ReleaseError(`npm ${parameters.join(" ")} failed.`);
  }
}

function refuseUnpublishable(root: string): void {
  const problems: string[] = [];
  let version = "";
  for (const folder of packages) {
    const path = join(folder, "package.json");
    const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Record<string, unknown>;
    version = String(manifest["version"]);
    const missing = missingAddresses(manifest);
    if (missing.length > 0) problems.push(`${path} has no ${missing.join(", ")} with an https address.`);
  }
  if (problems.length > 0) throw new ReleaseError(`The packages cannot be published:\n${problems.join("\n")}`);
  refuseDirtyTree(root);
  const tags = git(root, "tag", "--points-at", "HEAD").split("\n");
  if (!tags.includes(`v${version}`)) {
    throw new ReleaseError(`This commit is not v${version}. Publish from the tag: git checkout v${version}.`);
  }
}
