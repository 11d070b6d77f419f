import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";

const program = fileURLToPath(new URL("../../../collector-receiver/bin/spanledger.js", import.meta.url));

test("spanledger share gives a link that works, lists it, and revokes it", async () => {
  const receiver = await startTestReceiver();
  await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tracesWith([{ name: "session.start", attributes: { session_id: "s-1" }, atMs: Date.UTC(2025, 11, 5) }]),
  });
  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, [program, "share", ...words], {
      env: { ...process.env, DATABASE_URL: receiver.database.connectionString },
    });

  const { stdout } = await run("--month", "2025-12", "--expires", "30d", "--url", `${receiver.url}/`);
  const link = stdout.split("\n")[0] ?? "";
  const id = /--revoke ([0-9a-f]{12})/.exec(stdout)?.[1] ?? "";
  const shown = await fetch(`${link}?lang=en`);
  expect(shown.status).toBe(200);
  const text = await shown.text();
  expect(text).toContain("Report, December 2025");
  // One session is fewer than ten: withheld.
  expect(text).toMatch(/id="total_sessions">[\s\S]*?withheld/);

  expect((await run("--list")).stdout).toMatch(new RegExp(`^${id}  default  2025-12  until .*  open$`, "m"));
  expect((await run("--revoke", id)).stdout).toContain("is revoked");
  expect((await fetch(link)).status).toBe(404);
  expect((await run("--list")).stdout).toContain("revoked");
  const { rows } = await receiver.database.pool.query(
    "select tenant_id, details->>'step' as step, details->>'id' as id from analytics_audit where action = 'share' order by performed_at",
  );
  expect(rows).toEqual(["created", "revoked"].map((step) => ({ tenant_id: "default", step, id })));
});

test("spanledger share freezes any period", async () => {
  const { url, database } = await startTestReceiver();
  await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tracesWith([{ name: "session.start", attributes: { session_id: "s-1" }, atMs: Date.UTC(2025, 11, 5) }]),
  });
  const share = async (...words: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, "share", ...words], {
      env: { ...process.env, DATABASE_URL: database.connectionString },
    });
    return stdout.split("\n")[0] ?? "";
  };
  for (const [words, name, title] of [
    [["--period", "2025-W49", "--compare", "none"], "2025-W49", "December 1 – 7, 2025"],
    [["--from", "2025-12-01", "--to", "2025-12-10"], "2025-12-01_2025-12-10", "December 1 – 10, 2025"],
  ] as const) {
    const shared = url + new URL(await share(...words)).pathname;
    const page = await (await fetch(`${shared}?lang=en`)).text();
    expect(page.replaceAll(/[\s\u2009]+/g, " ")).toContain(`<h1>${title}</h1>`);
    const csv = await fetch(`${shared}?lang=en&file=report.csv`);
    expect(csv.headers.get("content-disposition")).toContain(`spanledger-${name}-en-report.csv`);
  }
  const { rows } = await database.pool.query("select month from analytics_report_shares order by month");
  expect(rows.map(({ month }) => month)).toEqual(["2025-12-01_2025-12-10", "2025-W49"]);
});

test.each([
  [["--expires", "30d"], "--month is missing"],
  [["--period", "2025-W60"], "2025-W60"],
  [["--month", "2025-12", "--period", "2025-W49"], "cannot be mixed"],
  [["--month", "2025-12", "--compare", "sometimes"], "not a comparison"],
  [["--month", "2025-12", "--expires", "soon"], "'soon' is invalid. It has to be a duration from 1m to 366d"],
  [["--month", "2025-13"], "2025-13"],
  [["--month", "2025-12", "--tenant", "nobody"], 'no tenant "nobody"'],
  [["--month", "2025-12", "--min-group-size", "1"], "at least 2"],
  [["--list", "--revoke", "000000000000"], "cannot be used with"],
  [["--revoke", "000000000000"], "There is no open link"],
])("spanledger share %j ends with 1 and says what is wrong", async (words, message) => {
  const receiver = await startTestReceiver();
  const failure = await promisify(execFile)(process.execPath, [program, "share", ...words], {
    env: { ...process.env, DATABASE_URL: receiver.database.connectionString },
  }).then(
    () => undefined,
    (error: { code: number; stderr: string; stdout: string }) => error,
  );
  expect(failure?.code).toBe(1);
  expect(`${failure?.stderr}${failure?.stdout}`).toContain(message);
});
