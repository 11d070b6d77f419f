import { setTimeout as wait } from "node:timers/promises";
import { readDatabaseCounts } from "./compare-counts.ts";
import { driveLiveTraffic } from "./live/drive-live-traffic.ts";
import { loadSampleHistory } from "./load-sample-history.ts";
import { DemoError, type DemoOptions } from "./parse-demo-arguments.ts";
import type { Progress } from "./show-progress.ts";
import type { DemoServices } from "./start-demo-services.ts";
import { formatPlaces } from "./write-results.ts";

/**
 * Loads the history and drives live traffic until the signal.
 * @throws DemoError `process_failed` if one of the processes ends by itself
 */
export async function runUntilStopped(
  services: DemoServices,
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await loadSampleHistory(services, options.seed, progress, signal);
  const traffic = driveLiveTraffic({ ...services, seed: `${options.seed}/${Date.now()}`, visitEveryMs: 4_000 });
  progress.say(formatPlaces(services));
  let failure: DemoError | undefined;
  for (const { name, ended } of services.processes) {
    void ended.then((how) => {
      if (!signal.aborted) failure ??= new DemoError("process_failed", `the ${name} ended with ${how}; see its log`);
    });
  }
  const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);
  for (let second = 0; !signal.aborted && failure === undefined; second++) {
    if (second % 5 === 0) {
      const { stored, counted } = await readDatabaseCounts(services.pool);
      const { visits, unexpected } = traffic.counts;
      progress.update(
        `Live: customers so far ${visits} · ${sum(stored)} events stored, ${sum(counted)} counted` +
          (unexpected.length > 0 ? ` · ${unexpected.length} unexpected answers, last: ${unexpected.at(-1)}` : ""),
      );
    }
    await wait(1_000, undefined, { signal }).catch(() => {});
  }
  progress.say("Stopping: customers and agents say goodbye …");
  await traffic.stop();
  if (failure !== undefined) throw failure;
}
