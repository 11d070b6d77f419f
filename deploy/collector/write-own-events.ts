/** `npm run collector:own-events`: an overlay for the Collector with the events of a spanledger.config. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { findDefinitionsFile, loadDefinitions } from "../../collector-receiver/src/catalogue/load-definitions.ts";
import { writeOwnEventsOverlay } from "./write-flag-statements.ts";

const { values } = parseArgs({ options: { config: { type: "string" }, out: { type: "string" } } });
// As the receiver finds it: the named file, else spanledger.config.ts of the working folder.
const file = findDefinitionsFile(values.config ?? process.env["SPANLEDGER_CONFIG"], process.cwd());
if (file === null) {
  process.stderr.write(
    "There is no spanledger.config.ts here. Name one: npm run collector:own-events -- --config FILE\n",
  );
  process.exitCode = 1;
} else {
  // Whether a metric's key is taken is the receiver's to say.
  const { events } = await loadDefinitions(file, new Set());
  const overlay = writeOwnEventsOverlay(Object.keys(events));
  if (values.out === undefined) process.stdout.write(overlay);
  else await writeFile(values.out, overlay);
}
