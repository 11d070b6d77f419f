import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { useTestDatabase } from "../../support/create-test-database.ts";

const spanledger = fileURLToPath(new URL("../../../collector-receiver/bin/spanledger.js", import.meta.url));

/** What `npm start` runs, with nothing of this machine's environment. */
async function start(environment: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [spanledger, "start"], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

test("where other machines can reach it, the receiver does not start without tokens, and says how to mend that", async () => {
  const { code, said } = await start({ HOST: "0.0.0.0", INGEST_TOKENS: "default:a-token-that-is-not-shown" });
  // EX_CONFIG of sysexits.h: whoever restarts it need not try again.
  expect(code).toBe(78);
  expect(said).toContain("READ_TOKENS");
  expect(said).toContain("openssl rand -hex 24");
  expect(said).toContain("or set HOST to 127.0.0.1");
  expect(said).not.toContain("a-token-that-is-not-shown");
});

test("a database that is not there is said as by a command, without the password, in the log and on stderr", async () => {
  const missing = new URL((await useTestDatabase()).connectionString);
  missing.pathname = "/no_such_database";
  missing.password ||= "hunter2";
  const { code, said } = await start({ DATABASE_URL: missing.href });
  expect(code).toBe(1);
  expect(said).toMatch(/^spanledger: PostgreSQL at .* \(.*no_such_database.*\)\..*\[database_missing\]$/m);
  expect(said).toMatch(/"level":60.*"code":"database_missing".*cannot start: PostgreSQL/);
  expect(said).not.toContain(missing.password);
  expect(said).not.toContain("    at ");
});

test("a port that is taken, or a HOST that is not ours, is not blamed on PostgreSQL", async () => {
  const { connectionString } = await useTestDatabase();
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const taken = await start({ DATABASE_URL: connectionString, PORT: String(port) });
  expect(taken.said).toMatch(new RegExp(`^spanledger: .*127\\.0\\.0\\.1:${port}.*PORT.*\\[port_in_use\\]$`, "m"));
  const tokens = { INGEST_TOKENS: "default:token-of-a-sender", READ_TOKENS: "default:token-of-a-reader" };
  for (const HOST of ["192.0.2.1", "no-such-host.invalid"]) {
    const elsewhere = await start({ DATABASE_URL: connectionString, HOST, ...tokens });
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.said).toMatch(new RegExp(`^spanledger: .*${HOST}.*HOST.*\\[host_unknown\\]$`, "m"));
  }
});

test("a schema that lacks what the receiver needs keeps its stack; one that was never migrated is said", async () => {
  const { connectionString, pool } = await useTestDatabase();
  await pool.query("alter table analytics_settings rename to analytics_settings_gone");
  const differs = await start({ DATABASE_URL: connectionString, PORT: "0" });
  expect(differs.said).toMatch(/"code":"schema_differs","err":\{.*"stack"/);
  // The migrations went to another database than the one that is used.
  const empty = await useTestDatabase({ migrated: false });
  const environment = { DATABASE_URL: empty.connectionString, MIGRATION_DATABASE_URL: connectionString, PORT: "0" };
  expect((await start(environment)).said).toMatch(/Run `spanledger migrate`\. \[schema_older\]$/m);
});

test("a data folder that cannot be made is named with DATA_FOLDER", async () => {
  for (const folder of ["/proc/nobody/data", "/etc/passwd/data"]) {
    const { code, said } = await start({ DATA_FOLDER: folder });
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^spanledger: .*${folder}.*DATA_FOLDER.*\\[data_folder_unusable\\]$`, "m"));
  }
}, 30_000);
