import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of our package.json. In the clone we run from `src/` in it, published from `dist/`, which mirrors `src/`. */
export const packageRoot = dirname(import.meta.dirname);

const isClone = existsSync(join(packageRoot, "src"));

/** In the clone the migrations lie at the top of the repository; packing copies them into the package. */
export const migrationsFolder = join(packageRoot, isClone ? "../migrations" : "migrations");

export const fontsFolder = join(packageRoot, "fonts");

export const templatesFolder = join(packageRoot, "templates");

const commitFile = join(import.meta.dirname, "commit");

/** The commit that a published copy was built from; null in the clone, where git knows it. */
export const packageCommit = existsSync(commitFile) ? readFileSync(commitFile, "utf8").trim() : null;

/** What we are called in `import`, the version of this copy, and the packages that may be missing, with the version that fits. */
export const {
  name: packageName,
  version: packageVersion,
  optionalDependencies,
} = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
  readonly name: string;
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
