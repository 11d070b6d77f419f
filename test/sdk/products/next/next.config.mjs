/** Each build has a folder of its own; see next.test.ts. */
import { dirname } from "node:path";

// The packages are in the folder above, as in a monorepo.
const root = dirname(import.meta.dirname);
const { DIST_FOLDER, WITHOUT_SDK } = process.env;

export default {
  distDir: DIST_FOLDER,
  // `next start` runs such a build like any other.
  output: "standalone",
  outputFileTracingRoot: root,
  turbopack: {
    root,
    ...(WITHOUT_SDK === undefined ? {} : { resolveAlias: { "@spanledger/sdk": "./without-sdk.js" } }),
  },
};
