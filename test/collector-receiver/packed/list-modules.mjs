// Loaded into the installed receiver: writes down the address of each module that is loaded, one a line.
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync("modules.txt", `${url}\n`);
    return nextLoad(url, context);
  },
});
