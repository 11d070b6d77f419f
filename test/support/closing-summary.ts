import { writeFile } from "node:fs/promises";
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";

/** File that is to hold the counts as JSON, for a script that runs the tests. */
const countsFile = process.env["SPANLEDGER_TEST_COUNTS"];
/** `npm run test:all`: leaving anything out is a failure. */
const strict = process.env["SPANLEDGER_STRICT"] === "1";

/** Names what was left out, and counts: the last lines of `npm test`. */
export default class ClosingSummary implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Promise<void> {
    let passed = 0;
    let failed = unhandled.length;
    let excused = 0;
    const leftOut = new Map<string, number>();
    for (const module of modules) {
      failed += countErrors(module);
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed++;
        else if (state === "failed") failed++;
        else {
          const name = nameLeftOut(test);
          if (name.includes(": cannot have ")) excused++;
          leftOut.set(name, (leftOut.get(name) ?? 0) + 1);
        }
      }
    }
    const skipped = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
    const unexcused = skipped - excused;
    const say = (line: string) => void process.stdout.write(`${line}\n`);
    if (skipped > 0) {
      say(
        `Left out: ${skipped} ${skipped === 1 ? "test" : "tests"}${strict && unexcused > 0 ? `, ${unexcused} of which ${unexcused === 1 ? "is a failure" : "are failures"} here` : ""}`,
      );
      for (const [name, count] of leftOut) say(`  ${name} (${count})`);
      if (!strict) say("`npm run setup` gets what a machine lacks; `npm run test:all` leaves nothing out.");
    }
    if (strict) {
      failed += unexcused;
      if (unexcused > 0) process.exitCode = 1;
    }
    if (countsFile === undefined) say(`${passed} passed, ${failed} failed`);
    else await writeFile(countsFile, JSON.stringify({ passed, failed }));
  }
}

/** A file that cannot be loaded, or a hook that fails, has an error without a test of its own. */
function countErrors(module: TestModule): number {
  let errors = module.errors().length;
  for (const suite of module.children.allSuites()) errors += suite.errors().length;
  return errors;
}

/** The part that was missing if a suite says so, else the test itself. */
function nameLeftOut(test: TestCase): string {
  for (let { parent } = test; parent.type === "suite"; { parent } = parent) {
    if (/^(?:needs|cannot have) /.test(parent.name)) return `${test.module.relativeModuleId}: ${parent.name}`;
  }
  return `${test.module.relativeModuleId}: ${test.fullName}`;
}
