import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { migrateDatabase } from "../../collector-receiver/src/storage/schema/migrate-database.ts";
import { findProgram } from "../../deploy/setup/find-program.ts";
import { findPostgres } from "../../deploy/setup/obtain-postgres.ts";
import { describeWith } from "../support/describe-with.ts";
import { makeEvent, openTestIngest } from "../support/open-test-ingest.ts";
import { requestOf } from "../collector-receiver/ingest/arbitrary-events.ts";
import { spanledger } from "../collector-receiver/cli/run-cli.ts";

const run = promisify(execFile);
const older = await findPostgres(15);
const programs = await Promise.all(["pg_dump", "pg_restore"].map(findProgram));
const [dump, restore] = programs;
const hasPrograms = dump !== undefined && restore !== undefined;
const excuse = hasPrograms ? undefined : "it has no pg_dump and pg_restore; npm's packages of PostgreSQL bring none";

/** What docs/backup.md says. */
const makeRoles =
  "create role spanledger_receiver nologin; create role spanledger_reader nologin; create role spanledger_tenant_reader nologin";

describeWith(
  "PostgreSQL 15 (npm run setup), pg_dump and pg_restore",
  older === undefined || dump === undefined || restore === undefined ? undefined : { older, dump, restore },
  (parts) => {
    test("a dump of PostgreSQL 15, restored into 18 with the roles made first, verifies, and a receiver goes on with it", async () => {
      const folder = await mkdtemp(join(tmpdir(), "spanledger-backup-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
      const before = await startEmbeddedPostgres({ dataFolder: join(folder, "15"), binaries: parts().older });
      onTestFinished(() => before.stop());
      await migrateDatabase(before.connectionString);
      const ingest = openTestIngest(before.connectionString);
      onTestFinished(() => ingest.close());
      const eventsOf = (tenantId: string, offset: number) =>
        Array.from({ length: 200 }, (_, i) => {
          const shared = { tenantId, occurredAtMs: Date.UTC(2025, 10, 20) + (offset + i) * 7_200_000 };
          if (i % 3 === 2) return makeEvent({ ...shared, name: "ticket.created", ticketId: i, agentId: 1 + (i % 3) });
          const attributes = i % 3 === 1 ? { role: "ai", response_time_ms: 10 * i } : { user_id: `u-${i % 7}` };
          const name = i % 3 === 1 ? "session.message" : "session.start";
          return makeEvent({ ...shared, name, sessionId: `s-${i / 3}`, attributes });
        });
      await ingest.submit(requestOf([...eventsOf("brand-a", 0), ...eventsOf("brand-b", 100)]), 1000);
      await ingest.close();
      const file = join(folder, "spanledger.dump");
      await run(parts().dump, ["--format=custom", `--file=${file}`, `--dbname=${before.connectionString}`]);
      await before.stop();

      const after = await startEmbeddedPostgres({ dataFolder: join(folder, "18") });
      onTestFinished(() => after.stop());
      const client = new pg.Client({ connectionString: after.connectionString });
      await client.connect();
      onTestFinished(() => client.end());
      await client.query(makeRoles);
      await run(parts().restore, [
        "--exit-on-error",
        "--single-transaction",
        `--dbname=${after.connectionString}`,
        file,
      ]);
      expect((await client.query("show server_version_num")).rows[0].server_version_num).toMatch(/^18/);
      for (const tenantId of ["brand-a", "brand-b"]) {
        expect(await verifyTenant(after.connectionString, tenantId)).toMatchObject({ events: 200, drifts: 0 });
      }
      const again = openTestIngest(after.connectionString);
      onTestFinished(() => again.close());
      expect(await again.submit(requestOf([...eventsOf("brand-c", 3)]), 1000)).toMatchObject({ inserted: 200 });
      expect(await verifyTenant(after.connectionString, "brand-c")).toMatchObject({ events: 200, drifts: 0 });
      const environment = { DATABASE_URL: after.connectionString };
      expect(await spanledger(environment, "migrate", "--status")).toMatchObject({ code: 0 });
      const doctor = await spanledger(environment, "doctor");
      expect(doctor.stdout).toMatch(/^ok +rights +all \d+ that the receiver needs/m);
    }, 180_000);
  },
  excuse,
);
