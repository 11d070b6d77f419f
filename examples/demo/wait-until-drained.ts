import { setTimeout as wait } from "node:timers/promises";

/**
 * Waits until nothing is left in the Collector's queue: an earlier demo that was killed has left events
 * there, and they would look like this one's.
 * @param metricsUrl the Collector's own metrics, with `otelcol_exporter_queue_size`
 * @throws the signal's reason
 */
export async function waitUntilDrained(metricsUrl: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const text = await (await fetch(metricsUrl, { signal })).text();
    const sizes = [...text.matchAll(/^otelcol_exporter_queue_size(?:{[^}]*})? (\S+)$/gm)].map((match) =>
      Number(match[1]),
    );
    if (sizes.length > 0 && sizes.every((size) => size === 0)) return;
    await wait(200, undefined, { signal });
  }
}
