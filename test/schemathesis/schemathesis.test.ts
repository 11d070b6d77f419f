import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { findPython } from "../../deploy/setup/find-language.ts";
import { findPythonWithPackages } from "../../deploy/setup/obtain-python-packages.ts";
import { describeWith } from "../support/describe-with.ts";
import { tracesWith } from "../support/otlp-json.ts";
import { startTestReceiver } from "../support/start-test-receiver.ts";

const config = fileURLToPath(new URL("./schemathesis.toml", import.meta.url));
const token = "reading-token-of-brand-a";
const ingestToken = "ingest-token-of-brand-a";

/** Runs Schemathesis against what /docs/json describes. @returns the ways in which an answer was not as described */
async function findFailures(python: string, url: string, ...options: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "schemathesis-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // It keeps what it found beside its configuration.
  await copyFile(config, join(folder, "schemathesis.toml"));
  const program = join(dirname(python), "schemathesis");
  const limits = ["--max-examples", "10", "--seed", "20251225", "--phases", "examples,coverage,fuzzing"];
  const { stdout } = await promisify(execFile)(
    program,
    ["run", `${url}/docs/json`, "--checks", "all", "--no-color", ...limits, ...options],
    { cwd: folder, env: { PATH: process.env["PATH"] ?? "", HOME: folder }, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { readonly stdout?: string; readonly stderr?: string }) => ({
    stdout: `${error.stdout}${error.stderr}`,
  }));
  expect(stdout).toMatch(/Tested: \d\d/);
  const failures = stdout.slice(stdout.indexOf("= FAILURES ="), stdout.indexOf("= SUMMARY ="));
  return stdout.includes("= FAILURES =") ? failures.split("\n").filter((line) => line !== "") : [];
}

async function sendSome(url: string): Promise<void> {
  const names = ["session.start", "session.message", "session.escalate", "session.end"];
  const events = names.map((name) => ({ name, attributes: { session_id: "0", role: "ai", response_time_ms: 100 } }));
  const headers = { "content-type": "application/json", authorization: `Bearer ${ingestToken}` };
  const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) });
  expect(answer.status).toBe(200);
}

describeWith(
  "Schemathesis (npm run setup)",
  await findPythonWithPackages("schemathesis"),
  (python) => {
    test("with tokens, every answer is as /docs/json describes it, whatever is asked", async () => {
      const tokens = { READ_TOKENS: `brand-a:${token}`, INGEST_TOKENS: `brand-a:${ingestToken}` };
      const { url } = await startTestReceiver(tokens);
      await sendSome(url);
      expect(await findFailures(python(), url, "-H", `Authorization: Bearer ${token}`)).toEqual([]);
    }, 180_000);

    test("without tokens too", async () => {
      const { url } = await startTestReceiver();
      await sendSome(url);
      expect(await findFailures(python(), url)).toEqual([]);
    }, 180_000);
  },
  (await findPython()).reason,
);
