import closeWithGrace from "close-with-grace";
import { pino } from "pino";
import { loadConfig } from "./config/load-config.ts";
import type { Config } from "./config/config.ts";
import { ConfigError } from "./config/config-error.ts";
import { DefinitionsError } from "./catalogue/definitions-error.ts";
import { startReceiver, type Receiver } from "./start-receiver.ts";

/** What a sender waits for its answer at most; after that the process ends without having said anything. */
const CLOSE_WITHIN_MS = 30_000;

/** Of sysexits.h: starting again without a change is of no use. */
const EX_CONFIG = 78;

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}

const config = readConfig();
const log = pino({ level: config.logLevel });
let receiver: Receiver | undefined;

// Bound before the start: a signal that comes while it starts ends it as well.
closeWithGrace({ delay: CLOSE_WITHIN_MS, logger: false }, async ({ err, signal }) => {
  if (err) log.fatal({ err }, "an error that nobody caught; closing");
  else log.info({ signal }, "closing: what is under way is committed first");
  await receiver?.close();
  log.info("closed");
});

try {
  receiver = await startReceiver(config, log);
  log.info({ url: receiver.url, docs: `${receiver.url}/docs` }, "the receiver listens");
} catch (error) {
  if (error instanceof DefinitionsError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
  log.fatal({ err: error }, `the receiver cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  process.exit();
}
