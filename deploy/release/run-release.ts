import { join } from "node:path";
import { makeRelease } from "./make-release.ts";
import { steps } from "./next-version.ts";
import { publishPackages } from "./publish-packages.ts";
import { ReleaseError } from "./release-error.ts";

const usage = `npm run release -- major|minor|patch    version, changelog, tag; publishes nothing
npm run release -- publish [--check]    publishes both packages; only the release workflow can
`;

const root = join(import.meta.dirname, "../..");
const [command, option, ...rest] = process.argv.slice(2);
const step = steps.find((each) => each === command);

try {
  if (step !== undefined && option === undefined) {
    const { version, commit } = makeRelease(root, step, new Date().toISOString().slice(0, 10));
    process.stdout.write(
      `v${version} is ${commit}. Nothing is published yet: push the branch and the tag\n` +
        `  git push --atomic origin HEAD v${version}\n`,
    );
  } else if (command === "publish" && (option === undefined || option === "--check") && rest.length === 0) {
    publishPackages(root, { checkOnly: option === "--check" });
    if (option === "--check") process.stdout.write("The packages can be published.\n");
  } else {
    process.stderr.write(usage);
    process.exitCode = 2;
  }
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
