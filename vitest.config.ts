import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { cloneFlags } from "./collector-receiver/bin/v8-flags.js";
import { findPostgres, olderPostgresMajors } from "./deploy/setup/obtain-postgres.ts";
import { postgresSuite } from "./test/support/postgres-suite.ts";

/** The export condition under which workspace packages are their TypeScript sources. */
const source = "spanledger-source";

/** A whole run with one server: PostgreSQL of npm's embedded package, or of another major (`postgres-server.ts`). */
function projectOn(postgres: string, include: string[], globalSetup: string[]): TestProjectInlineConfiguration {
  return {
    // Vitest hands these to node itself as --conditions: an `import` among them would break every require().
    resolve: { conditions: [source] },
    ssr: { resolve: { conditions: [source], externalConditions: [source] } },
    test: {
      name: postgres,
      include,
      globalSetup,
      setupFiles: ["test/support/property-seed.ts", "test/support/patient-waits.ts"],
      // Nothing here measures time; these only end what hangs, on a slow and shared machine too.
      testTimeout: 180_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 60_000 } },
      pool: "forks",
      execArgv: cloneFlags.filter((flag) => flag.startsWith("--wasm")),
    },
  };
}

const server = "test/support/postgres-server.ts";
const everything = projectOn("embedded", ["test/**/*.test.ts"], [server, "test/support/obtain-redis.ts"]);

/**
 * The older majors, for `npm run test:all`: the environment asks for them, as they take a minute each. One that `npm run setup`
 * has not obtained is left out, and `test/deploy/postgres-versions.test.ts` says so.
 */
async function olderProjects(): Promise<TestProjectInlineConfiguration[]> {
  if (process.env["SPANLEDGER_STRICT"] !== "1") return [];
  const found = await Promise.all(
    olderPostgresMajors.map(async (major) => ((await findPostgres(major)) ? [major] : [])),
  );
  return found.flat().map((major) => {
    const project = projectOn(`PostgreSQL ${major}`, postgresSuite, [server]);
    return { ...project, test: { ...project.test, env: { SPANLEDGER_OLDER_POSTGRES: String(major) } } };
  });
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    teardownTimeout: 60_000,
    reporters: ["default", "./test/support/closing-summary.ts"],
    projects: [everything, ...(await olderProjects())],
  },
});
