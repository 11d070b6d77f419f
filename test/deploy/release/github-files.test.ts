import { execFileSync } from "node:child_process";
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { findWorkflowProblems } from "../../../deploy/release/workflow-problems.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
const repository = { scripts: Object.keys(scripts), hasFile: (path: string) => existsSync(join(root, path)) };
const folder = ".github/workflows";

test.each(readdirSync(join(root, folder)))("%s is a workflow that GitHub would take", async (file) => {
  expect(await findWorkflowProblems(file, read(`${folder}/${file}`), repository)).toEqual([]);
});

describe("a broken workflow is found", () => {
  const ci = read(`${folder}/ci.yml`);
  const broken: readonly (readonly [what: string, from: string, to: string, problem: RegExp])[] = [
    ["a key that is none", "runs-on: ubuntu-24.04", "runs-in: ubuntu-24.04", /Unexpected value 'runs-in'/],
    ["a function that is none", "hashFiles(", "hashFile(", /Unrecognized function: 'hashFile'/],
    [
      "a context that is none",
      "matrix.machine }}\n    timeout",
      "matricks.machine }}\n    timeout",
      /Unrecognized named-value/,
    ],
    ["a job that needs another", "    name: .ci/run\n", "    name: .ci/run\n    needs: nobody\n", /nobody/],
    ["a script that is none", "npm run check", "npm run chekc", /there is no npm script "chekc"/],
    ["a file that is none", "- run: .ci/run", "- run: .ci/rum", /there is no file \.ci\/rum/],
    ["an action on a branch", "actions/checkout@v5", "actions/checkout@main", /checkout@main is not pinned/],
    ["a job without an end", "    timeout-minutes: 60\n", "", /job everything: has no timeout-minutes/],
    ["a token that may write", "permissions:\n  contents: read\n", "", /has no permissions/],
    ["text that is not YAML", "jobs:", "jobs: [", /./],
  ];
  test.each(broken)("%s", async (_, from, to, problem) => {
    expect(ci).toContain(from);
    const problems = await findWorkflowProblems(
      "ci.yml",
      ci.replace(from, () => to),
      repository,
    );
    expect(problems.join("\n")).toMatch(problem);
  });
});

test("the release workflow publishes with provenance, after CI, with a bill of materials, and by the refusing command", () => {
  const { jobs } = parse(read(`${folder}/publish.yml`)) as {
    jobs: Record<string, { needs?: string; permissions?: Record<string, string>; steps?: { run?: string }[] }>;
  };
  const { packages } = jobs;
  expect(packages?.needs).toBe("ci");
  expect(packages?.permissions?.["id-token"]).toBe("write");
  const runs = (packages?.steps ?? []).map(({ run = "" }) => run);
  const at = (text: string) => runs.findIndex((run) => run.includes(text));
  expect(at("release -- publish --check")).toBeGreaterThan(-1);
  expect(at("npm sbom")).toBeGreaterThan(at("release -- publish --check"));
  expect(runs.indexOf("npm run release -- publish")).toBeGreaterThan(at("npm sbom"));
});

test("the image is built on the base's digest, after the packages are published", () => {
  const { jobs } = parse(read(`${folder}/publish.yml`)) as {
    jobs: Record<string, { needs?: string; steps?: { run?: string; with?: Record<string, string> }[] }>;
  };
  expect(jobs["image"]?.needs).toBe("packages");
  const digest = jobs["image"]?.steps?.find(({ run = "" }) => run.includes("imagetools inspect"))?.run ?? "";
  // The line of the workflow finds the Dockerfile's own base.
  const [, expression = ""] = /sed -n '([^']+)'/.exec(digest) ?? [];
  const base = execFileSync("sed", ["-n", expression, "deploy/Dockerfile"], { cwd: root, encoding: "utf8" });
  expect(base).toMatch(/^node:\d+\.\d+\.\d+-slim\n$/);
  const build = jobs["image"]?.steps?.find((step) => step.with?.["file"] === "deploy/Dockerfile");
  expect(build?.with?.["build-args"]).toBe("BASE=${{ steps.base.outputs.image }}\nCOMMIT=${{ github.sha }}\n");
});

test("updates are asked for in every folder that pins something", () => {
  const { updates } = parse(read(".github/dependabot.yml")) as {
    updates: { "package-ecosystem": string; directory?: string; directories?: string[] }[];
  };
  const watched = updates.flatMap((update) =>
    (update.directories ?? [update.directory ?? ""]).map((each) => `${update["package-ecosystem"]} ${each}`),
  );
  const pins: readonly (readonly [ecosystem: string, pattern: string, file: string])[] = [
    ["npm", "/", "package-lock.json"],
    ["npm", "/test/sdk/products/*", "package-lock.json"],
    ["npm", "/test/senders/javascript/2026", "package-lock.json"],
    ["npm", "/test/judges/javascript/*", "package-lock.json"],
    ["github-actions", "/", ".github/workflows/*.yml"],
    ["docker", "/deploy", "Dockerfile"],
    ["docker-compose", "/", "compose.yaml"],
    ["gomod", "/examples/go-product", "go.mod"],
    ["gomod", "/test/dashboards/grafana-judge", "go.mod"],
    ["gomod", "/test/senders/go", "go.mod"],
    ["maven", "/test/senders/java", "pom.xml"],
    ["pip", "/examples/python-fastapi", "requirements.txt"],
    ["pip", "/test/schemathesis", "requirements.txt"],
    ["pip", "/test/judges/python", "requirements.txt"],
  ];
  expect(watched.toSorted()).toEqual(pins.map(([ecosystem, pattern]) => `${ecosystem} ${pattern}`).toSorted());
  for (const [, pattern, file] of pins)
    expect(globSync(join(`.${pattern}`, file), { cwd: root }), `${pattern} ${file}`).not.toEqual([]);
  /** Senders of that year, as products still run them. */
  const keptAsTheyWere = /^test\/senders\/javascript\/(2021|2023)\//;
  const ours = ["**/go.mod", "**/requirements.txt", "**/package-lock.json", "**/pom.xml", "**/Dockerfile"];
  const found = globSync(ours, { cwd: root, exclude: (path) => /node_modules|dist|\.spanledger/.test(String(path)) });
  for (const file of found) {
    if (keptAsTheyWere.test(file)) continue;
    const covered = pins.some(([, pattern, name]) => globSync(join(`.${pattern}`, name), { cwd: root }).includes(file));
    expect(covered, `${file} is not watched by .github/dependabot.yml`).toBe(true);
  }
});

const kinds = ["markdown", "input", "textarea", "dropdown", "checkboxes"];

test.each(readdirSync(join(root, ".github/ISSUE_TEMPLATE")).filter((file) => file !== "config.yml"))(
  "%s is an issue form that GitHub would take",
  (file) => {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${file}`)) as {
      name: string;
      description: string;
      body: { type: string; id?: string; attributes: Record<string, unknown> }[];
    };
    expect([typeof form.name, typeof form.description]).toEqual(["string", "string"]);
    const ids = form.body.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, id, attributes } of form.body) {
      expect(kinds).toContain(type);
      if (type === "markdown") expect(typeof attributes["value"]).toBe("string");
      else expect([id, attributes["label"]]).toEqual([expect.stringMatching(/^[\w-]+$/), expect.any(String)]);
      if (type === "dropdown") expect((attributes["options"] as unknown[]).length).toBeGreaterThan(1);
    }
    expect(form.body.some(({ type }) => type !== "markdown")).toBe(true);
  },
);

test("the devcontainer installs with the README's command and sets up the tests", () => {
  const container = JSON.parse(read(".devcontainer/devcontainer.json")) as { image: string; postCreateCommand: string };
  expect(container.image).toMatch(/:24-/);
  for (const [, script = ""] of container.postCreateCommand.matchAll(/npm run ([\w:]+)/g))
    expect(scripts).toHaveProperty(script);
});
