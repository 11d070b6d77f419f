/** Frameworks and packages that end processes, as published, each with and without the SDK. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectSameEnd } from "./compare-ends.ts";
import { describeProduct } from "./describe-product.ts";
import { RunningProduct, runProduct } from "./run-product.ts";
import { printSupport, rowsOf } from "./support-matrix.ts";

/** What ends which product, and how many events it records until then. */
const signalsOf: Readonly<Record<string, readonly (readonly [how: string, NodeJS.Signals, events: number])[]>> = {
  "close-with-grace": [["close-with-grace", "SIGTERM", 2]],
  "signal-exit": [
    ["signal-exit", "SIGTERM", 2],
    ["signal-exit", "SIGHUP", 2],
  ],
  execa: [["execa", "SIGTERM", 1]],
  nest: [["nest", "SIGTERM", 2]],
  nodemon: [["nodemon", "SIGUSR2", 1]],
};

await describeProduct("frameworks", (laidOut) => {
  it.each(rowsOf("frameworks"))("$name: an HTTP event carries what middleware and handler set", async (row) => {
    for (const how of row.ends) {
      const events = await expectSameEnd({
        events: 2,
        run: (sdk, surroundings) =>
          runProduct("", {
            file: join(laidOut.folder, "web.mjs"),
            cwd: laidOut.folder,
            args: [row.key, sdk, how],
            ...surroundings,
          }),
      });
      const byName = new Map(events.map(({ name, attributes }) => [name, attributes]));
      const around = { site: "brand-a", session_id: "s-1" };
      expect(byName.get("shop.asked")).toMatchObject(around);
      expect(byName.get("query.tracking")).toMatchObject({ ...around, tracking_number: "7", success: true });
    }
    printSupport(row);
  });

  it.each(rowsOf("ends of processes"))("$name", async (row) => {
    for (const [how, signal, events] of signalsOf[row.key]!) {
      await expectSameEnd({
        events,
        run: async (sdk, surroundings) => {
          const product = new RunningProduct("", {
            file: join(laidOut.folder, "ends.mjs"),
            cwd: laidOut.folder,
            args: [how, sdk],
            ...surroundings,
          });
          await product.printed("ready");
          product.kill(signal);
          return product.ended;
        },
      });
    }
    printSupport(row);
  });
});
