import type { Config } from "../config/config.ts";
import { explainFailure } from "../explain-failure.ts";
import { checkEnvironment } from "../operating/doctor/check-environment.ts";
import { diagnose } from "../operating/doctor/diagnose.ts";
import type { Finding } from "../operating/doctor/finding.ts";
import { print } from "./print.ts";
import { openDatabase } from "./with-database.ts";

const labels = { ok: "ok     ", warning: "warning", failed: "FAILED " } as const;

/** `spanledger doctor`: exit code 1 if a check failed. */
export async function runDoctor(options: { readonly url?: string; readonly json?: boolean }): Promise<number> {
  const { config, findings: environment } = checkEnvironment(process.env);
  const findings = [...environment, ...(await lookAtDatabase(config, options.url ?? null))];
  if (options.json === true) print(`${JSON.stringify({ findings })}\n`);
  else {
    for (const { check, outcome, text } of findings) print(`${labels[outcome]} ${check.padEnd(14)} ${text}\n`);
    if (options.url === undefined) {
      print("        OTLP           not tried: name a receiver or Collector with --url\n");
    }
  }
  return findings.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

async function lookAtDatabase(config: Config, url: string | null): Promise<Finding[]> {
  const describe = (error: unknown, connectionString: string | undefined): string =>
    explainFailure(error, connectionString)?.message ?? (error instanceof Error ? error.message : String(error));
  try {
    const database = await openDatabase(config);
    try {
      return await diagnose(database, config, url, describe);
    } finally {
      await database.close();
    }
  } catch (error) {
    return diagnose({ problem: describe(error, config.databaseUrl) }, config, url, describe);
  }
}
