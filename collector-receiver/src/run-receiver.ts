import closeWithGrace from "close-with-grace";
import { pino, type Logger } from "pino";
import { loadConfig } from "./config/load-config.ts";
import type { Config } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { DefinitionsError } from "./catalogue/definitions-error.ts";
import { startReceiver, type Receiver } from "./start-receiver.ts";

/** What a sender waits for its answer at most; after that the process ends without having said anything. */
const closeWithinMs = 30_000;

/** Of sysexits.h: starting again without a change is of no use. */
const exConfig = 78;

/** Starts the receiver of this process's environment. The process ends with a signal, or with exit code 78 or 1 if it cannot start. */
export async function runReceiver(): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  let receiver: Receiver | undefined;

  // Bound before the start: a signal that comes while it starts ends it as well.
  closeWithGrace({ delay: closeWithinMs, logger: false }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, "an error that nobody caught; closing");
    else log.info({ signal }, "closing: what is under way is committed first");
    await receiver?.close();
    log.info("closed");
  });

  try {
    receiver = await startReceiver(config, log);
    log.info({ url: receiver.url, docs: `${receiver.url}${config.basePath}/docs` }, "the receiver listens");
  } catch (error) {
    await reportFailedStart(error, config.databaseUrl, log);
    process.exit(error instanceof DefinitionsError ? exConfig : 1);
  }
}

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exConfig);
  }
}

/** Says it as a command does, for people, and in the log, for what reads that. */
async function reportFailedStart(thrown: unknown, databaseUrl: string | undefined, log: Logger): Promise<void> {
  // Loaded only now: a receiver that runs does not need them.
  const { printError } = await import("./cli/print.ts");
  const { explainFailure } = await import("./explain-failure.ts");
  const { nameMissingMigrations } = await import("./storage/schema/name-missing-migrations.ts");
  const error = databaseUrl === undefined ? thrown : await nameMissingMigrations(thrown, databaseUrl);
  const explanation = explainFailure(error, databaseUrl);
  if (explanation === undefined) {
    log.fatal({ err: error }, "the receiver cannot start for an unknown reason, which is a bug: please report it");
    return;
  }
  const { code, message } = explanation;
  log.fatal({ code, ...(code === "schema_differs" ? { err: error } : {}) }, `the receiver cannot start: ${message}`);
  printError(`spanledger: ${message} [${code}]\n`);
}
