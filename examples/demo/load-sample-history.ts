import { tokensOfHistory } from "./count-tokens.ts";
import { generateHistory } from "./history/generate-history.ts";
import { findMissing, loadHistory } from "./history/load-history.ts";
import { dayOf, firstDayOfMonth } from "./history/sample-calendar.ts";
import { narrateModelCalls } from "./history/narrate-model-calls.ts";
import { sampleNotes } from "./history/sample-incidents.ts";
import { addSampleNotes } from "./add-sample-notes.ts";
import { setSamplePrices } from "./set-sample-prices.ts";
import { setWorkingHours } from "./set-working-hours.ts";
import type { DemoServices } from "./start-demo-services.ts";
import type { Progress } from "./show-progress.ts";

/** Whole months before the current one: a year ago can be compared with. */
const monthsBefore = 12;

/** Loads thirteen months, the last of them until now, as far as they are missing; gives what was posted, by name, and its tokens. */
export async function loadSampleHistory(
  services: DemoServices,
  seed: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  await setWorkingHours(services.databaseUrl);
  await setSamplePrices(services.databaseUrl);
  const now = Date.now();
  const days = { firstDay: firstDayOfMonth(now, monthsBefore), lastDay: dayOf(now) };
  await addSampleNotes(services.pool, sampleNotes(days.firstDay, days.lastDay));
  const told = generateHistory({ seed, ...days, untilMs: now });
  const history = [...told, ...narrateModelCalls(told)].sort((a, b) => a.occurredAtMs - b.occurredAtMs);
  const missing = await findMissing(services.pool, history);
  const startedAt = performance.now();
  await loadHistory(services.otlpUrl, missing, signal, (sent) =>
    progress.update(`Loading the sample history: ${sent} of ${missing.length} events`),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  progress.say(
    missing.length === 0
      ? `The sample history is complete: ${history.length} events were there already`
      : `Loaded ${missing.length} events of sample history in ${seconds.toFixed(1)} s` +
          (missing.length < history.length ? `; ${history.length - missing.length} were there already` : ""),
  );
  const posted = tokensOfHistory(missing);
  for (const { name } of missing) posted[name] = (posted[name] ?? 0) + 1;
  return posted;
}
