import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findPostgresBinaries } from "../../collector-receiver/src/embedded/postgres-binaries.ts";
import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";

/**
 * Starts a PostgreSQL of its own whose timezone database is another one.
 * @param zones by name the timezone whose file it gets; null: it has none
 */
export async function startPostgresWithTimezones(zones: Readonly<Record<string, string | null>>) {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-timezones-"));
  const { share, major } = await findPostgresBinaries();
  const native = dirname(share);
  // PostgreSQL looks for its files beside its program, and follows links to that first.
  for (const path of ["bin", "share/postgresql"]) await mkdir(join(folder, path), { recursive: true });
  for (const program of await readdir(join(native, "bin"))) {
    await copyFile(join(native, "bin", program), join(folder, "bin", program));
  }
  await symlink(join(native, "lib"), join(folder, "lib"));
  for (const name of await readdir(join(share, "postgresql"))) {
    const [from, to] = [join(share, "postgresql", name), join(folder, "share", "postgresql", name)];
    await (name === "timezone" ? cp(from, to, { recursive: true }) : symlink(from, to));
  }
  const fileOf = (zone: string): string => join(folder, "share", "postgresql", "timezone", ...zone.split("/"));
  for (const [zone, other] of Object.entries(zones)) {
    await rm(fileOf(zone));
    if (other !== null) await copyFile(join(share, "postgresql", "timezone", ...other.split("/")), fileOf(zone));
  }
  const server = await startEmbeddedPostgres({
    dataFolder: join(folder, "data"),
    durable: false,
    binaries: {
      major,
      initdb: join(folder, "bin", "initdb"),
      postgres: join(folder, "bin", "postgres"),
      share: join(folder, "share"),
    },
  });
  return {
    connectionString: server.connectionString,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
