import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { countingRules } from "../../../collector-receiver/src/metrics/counting-rules.ts";
import { newestKnownMigration } from "../../../collector-receiver/src/storage/schema/known-migrations.ts";
import { repositoryFiles } from "../../support/repository-files.ts";

const repository = join(import.meta.dirname, "../../..");
const version = (JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string }).version;
const next = version.replace(
  /^(\d+)\.(\d+)\.\d+$/,
  (_, major: string, minor: string) => `${major}.${Number(minor) + 1}.0`,
);

interface Clone {
  readonly folder: string;
  git(...parameters: string[]): string;
  release(...parameters: string[]): {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
  read(path: string): string;
}

/** A clone of its own with the files as they lie here, committed, and with entries to release. */
function scratchClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), "spanledger-release-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...parameters: string[]) => execFileSync("git", parameters, { cwd: folder, encoding: "utf8" }).trim();
  for (const file of repositoryFiles()) {
    cpSync(join(repository, file), join(folder, file), { force: true, errorOnExist: false });
  }
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  const changelog = read("CHANGELOG.md").replace(
    /^## \[?Unreleased\]?$/m,
    "## [Unreleased]\n\n- **Fixed:** an entry of the test.\n",
  );
  writeFileSync(join(folder, "CHANGELOG.md"), changelog);
  // Its history is new: the commits of earlier releases are not in it.
  writeFileSync(join(folder, "docs/releases.json"), "{}\n");
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "A releaser");
  git("config", "user.email", "releaser@example.com");
  git("add", "--all");
  git("commit", "--quiet", "--message", "All");
  const release = (...parameters: string[]) =>
    spawnSync(process.execPath, ["deploy/release/run-release.ts", ...parameters], { cwd: folder, encoding: "utf8" });
  return { folder, git, release, read };
}

/** What is wrong with docs/releases.json: commits that are not behind this one, or of another version. */
function staleReleases(folder: string): string[] {
  const run = (...words: string[]) =>
    spawnSync("git", ["-c", "safe.directory=*", ...words], { cwd: folder, encoding: "utf8" });
  // A copy without a history, or with its end alone, cannot know.
  if (run("rev-parse", "HEAD").status !== 0) return [];
  if (run("rev-parse", "--is-shallow-repository").stdout.trim() === "true") return [];
  const releases = JSON.parse(readFileSync(join(folder, "docs/releases.json"), "utf8")) as Record<
    string,
    { commit: string }
  >;
  return Object.entries(releases).flatMap(([name, { commit }]) => {
    const missing = run("cat-file", "-e", `${commit}^{commit}`).status !== 0;
    // A shallow clone cannot know.
    if (missing && run("rev-parse", "--is-shallow-repository").stdout.trim() === "true") return [];
    if (run("merge-base", "--is-ancestor", commit, "HEAD").status !== 0)
      return [`${name}: ${commit} is not in this history`];
    const manifest = JSON.parse(run("show", `${commit}:package.json`).stdout) as { version: string };
    return manifest.version === name ? [] : [`${name}: ${commit} is ${manifest.version}`];
  });
}

test("the releases that we name are in the history, each at its version", () => {
  expect(staleReleases(repository)).toEqual([]);
});

const today = new Date().toISOString().slice(0, 10);

test("a minor release has one version everywhere, its sections, an annotated tag and its commit in a file; nothing is published", () => {
  const { git, release, read, folder } = scratchClone();
  const { status, stdout, stderr } = release("minor");
  expect([status, stderr]).toEqual([0, ""]);
  const tagged = git("rev-list", "--max-count=1", `v${next}`);
  expect(stdout).toContain(`v${next} is ${tagged}`);
  expect(git("cat-file", "-t", `v${next}`)).toBe("tag");
  expect(git("status", "--porcelain")).toBe("");
  expect(git("log", "--format=%s")).toBe(`Note the commit of ${next}\nRelease ${next}\nAll`);

  const workspaces = (JSON.parse(read("package.json")) as { workspaces: string[] }).workspaces;
  for (const path of ["package.json", ...workspaces.map((workspace) => `${workspace}/package.json`)]) {
    const manifest = JSON.parse(read(path)) as { version: string; dependencies?: Record<string, string> };
    expect(manifest.version, path).toBe(next);
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      if (name.startsWith("@spanledger/")) expect(range.replace(/^\^/, ""), `${path}: ${name}`).toBe(next);
    }
  }
  expect(read("deploy/helm/spanledger/Chart.yaml")).toMatch(
    new RegExp(`^version: ${next}$[^]*^appVersion: ${next}$`, "m"),
  );
  expect(read("sdk/src/sdk-version.ts")).toContain(`"${next}"`);
  // npm finds nothing to change in the lock file, and so asks no registry.
  const npm = spawnSync("npm", ["install", "--package-lock-only", "--offline", "--ignore-scripts", "--no-audit"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(npm.status, npm.stderr).toBe(0);
  expect(git("status", "--porcelain")).toBe("");

  const changelog = read("CHANGELOG.md");
  expect(changelog).toMatch(
    new RegExp(`^## \\[Unreleased\\]\\n\\n## \\[${next}\\] - ${today}\\n\\n- \\*\\*Fixed:\\*\\* an entry`, "m"),
  );
  expect(read("docs/upgrading.md")).toMatch(new RegExp(`^### Unreleased\\n\\n### ${next}\\n\\n\\S`, "m"));
  const releases = JSON.parse(read("docs/releases.json")) as Record<string, unknown>;
  expect(releases[next]).toEqual({ date: today, commit: tagged, schema: newestKnownMigration, countingRules });
  const notes = spawnSync(process.execPath, ["deploy/release/print-notes.ts", `v${next}`], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(notes.stdout).toMatch(/^- \*\*Fixed:\*\* an entry of the test\.\n/);

  expect(staleReleases(folder)).toEqual([]);

  // The next one finds an empty section.
  const again = release("patch");
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("nothing to release")]);
  expect(git("tag")).toBe(`v${next}`);

  // A rebase gives the tagged commit another id.
  git("-c", "user.name=Another", "rebase", "--quiet", "--force-rebase", "HEAD~2");
  expect(staleReleases(folder)).toEqual([`${next}: ${tagged} is not in this history`]);
});

test("a dirty tree, an existing tag, a version that differs somewhere and wrong words are refused, and change nothing", () => {
  const { folder, git, release, read } = scratchClone();
  const head = git("rev-parse", "HEAD");
  const refuses = (text: RegExp | string, code = 1) => {
    const { status, stderr } = release("minor");
    expect([status, stderr]).toEqual([code, expect.stringMatching(text)]);
    expect(git("rev-parse", "HEAD")).toBe(head);
  };
  writeFileSync(join(folder, "forgotten.txt"), "");
  refuses(/not committed[^]*forgotten\.txt/);
  rmSync(join(folder, "forgotten.txt"));
  writeFileSync(join(folder, "README.md"), "changed");
  refuses(/README\.md/);
  git("checkout", "--quiet", "README.md");
  git("tag", `v${next}`);
  refuses(`The tag v${next} exists`);
  git("tag", "--delete", `v${next}`);
  for (const wrong of [[], ["minor", "now"], ["0.2.0"], ["publish", "--now"]]) {
    const { status, stderr } = release(...wrong);
    expect([status, stderr]).toEqual([2, expect.stringContaining("npm run release -- major|minor|patch")]);
  }
  expect(git("status", "--porcelain")).toBe("");

  const chart = join(folder, "deploy/helm/spanledger/Chart.yaml");
  writeFileSync(chart, read("deploy/helm/spanledger/Chart.yaml").replace(/^appVersion: .*$/m, "appVersion: 9.9.9"));
  git("commit", "--quiet", "--all", "--message", "A chart apart");
  const { status, stderr } = release("minor");
  expect([status, stderr]).toEqual([1, expect.stringContaining("deploy/helm/spanledger/Chart.yaml")]);
  expect([git("tag"), git("status", "--porcelain")]).toEqual(["", ""]);
});

test("a commit that git refuses leaves the files as they were", () => {
  const { folder, git, release } = scratchClone();
  mkdirSync(join(folder, ".git/hooks"), { recursive: true });
  writeFileSync(join(folder, ".git/hooks/pre-commit"), "#!/bin/sh\necho refused by the hook >&2\nexit 1\n");
  chmodSync(join(folder, ".git/hooks/pre-commit"), 0o755);
  const { status, stderr } = release("minor");
  expect([status, stderr]).toEqual([1, expect.stringContaining("refused by the hook")]);
  expect([git("status", "--porcelain"), git("tag")]).toEqual(["", ""]);
});

test("nothing is published without addresses, from another commit than the tag, or from a dirty tree; else both packages in order", () => {
  const { folder, git, release, read } = scratchClone();
  const calls = join(folder, ".git/npm-calls");
  const bin = join(folder, ".git/bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "npm"), `#!/bin/sh\necho "$@" >> ${calls}\n`);
  chmodSync(join(bin, "npm"), 0o755);
  const publish = (...parameters: string[]) =>
    spawnSync(process.execPath, ["deploy/release/run-release.ts", "publish", ...parameters], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
    });
  const packages = ["sdk/package.json", "collector-receiver/package.json"];
  const change = (path: string, part: Record<string, unknown>) => {
    const manifest = { ...(JSON.parse(read(path)) as Record<string, unknown>), ...part };
    writeFileSync(join(folder, path), `${JSON.stringify(manifest, null, 2)}\n`);
  };
  const none = { repository: undefined, homepage: undefined, bugs: undefined };
  for (const path of packages) change(path, none);
  const bare = publish();
  expect(bare.status).toBe(1);
  for (const path of packages) expect(bare.stderr).toContain(`${path} has no repository, homepage, bugs`);

  const addresses = {
    repository: { type: "git", url: "git+https://example.com/us/spanledger.git" },
    homepage: "https://example.com/us/spanledger#readme",
    bugs: { url: "https://example.com/us/spanledger/issues" },
  };
  for (const path of packages) change(path, addresses);
  change("sdk/package.json", { homepage: "spanledger" });
  expect(publish().stderr).toContain("sdk/package.json has no homepage with");
  change("sdk/package.json", addresses);
  expect(publish().stderr).toMatch(/not committed/);
  git("commit", "--quiet", "--all", "--message", "Addresses");
  expect(publish().stderr).toContain(`This commit is not v${version}`);
  expect(release("minor").status).toBe(0);
  expect(publish().stderr).toContain(`git checkout v${next}`);
  git("checkout", "--quiet", `v${next}`);
  expect(publish("--check")).toMatchObject({ status: 0, stdout: "The packages can be published.\n" });
  expect(() => readFileSync(calls)).toThrow("ENOENT");
  expect(publish()).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(calls, "utf8")).toBe(
    "publish --provenance --access public --workspace sdk\npublish --provenance --access public --workspace collector-receiver\n",
  );
});
