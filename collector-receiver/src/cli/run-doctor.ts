import { diagnose } from "../operating/diagnose.ts";
import { withDatabase } from "./with-database.ts";
import { print } from "./print.ts";

const marks = { ok: "ok     ", warning: "warning", failed: "FAILED " } as const;

/** `spanledger doctor`: exit code 1 where anything that the receiver needs is not as it should be. */
export function runDoctor(options: { readonly url?: string; readonly json?: boolean }): Promise<number> {
  return withDatabase(async (connectionString, config) => {
    const findings = await diagnose(connectionString, config, options.url ?? null);
    if (options.json === true) print(`${JSON.stringify({ findings })}\n`);
    else {
      for (const { check, outcome, text } of findings) {
        print(`${marks[outcome]} ${check.padEnd(10)} ${text}\n`);
      }
      if (options.url === undefined) {
        print("        OTLP       not tried: name a receiver or Collector with --url\n");
      }
    }
    return findings.some(({ outcome }) => outcome === "failed") ? 1 : 0;
  });
}
