import { defineConfig } from "vitest/config";

/** The export condition under which workspace packages are their TypeScript sources. */
const source = "spanledger-source";

export default defineConfig({
  // Vitest hands these to node itself as --conditions: an `import` among them would break every require().
  resolve: { conditions: [source] },
  ssr: { resolve: { conditions: [source], externalConditions: [source] } },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/postgres-server.ts", "test/support/obtain-redis.ts"],
    // Nothing here measures time; these only end what hangs, on a slow and shared machine too.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
    maxWorkers: 2,
    reporters: ["default", "./test/support/closing-summary.ts"],
    pool: "forks",
  },
});
