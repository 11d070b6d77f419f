import { setTimeout as wait } from "node:timers/promises";
import { addCounts, waitUntilCounted, type EventComparison } from "./compare-counts.ts";
import { readAllCounts, readHandedOut } from "./count-tokens.ts";
import { monthOf } from "./history/sample-calendar.ts";
import { driveLiveTraffic } from "./live/drive-live-traffic.ts";
import { loadSampleHistory } from "./load-sample-history.ts";
import type { DemoOptions } from "./parse-demo-arguments.ts";
import { readRecordedEvents } from "./processes/read-recorded-events.ts";
import { runVerify, type VerifyResult } from "./run-verify.ts";
import type { Progress } from "./show-progress.ts";
import type { DemoServices } from "./start-demo-services.ts";
import { waitUntilDrained } from "./wait-until-drained.ts";

/** For so long nothing may move before what is missing counts as lost. */
const patienceMs = 30_000;

/** What one bounded round found; the document that `--json` prints. */
export interface RoundResult {
  readonly sample_data: true;
  readonly seed: string;
  /** Which way the events went: products → Collector → receiver, or products → receiver. */
  readonly way: "collector" | "direct";
  readonly agrees: boolean;
  readonly events: readonly EventComparison[];
  readonly verify: VerifyResult;
  /** Answers of the products that live traffic did not expect. */
  readonly unexpected_answers: readonly string[];
  readonly live: { readonly visits: number; readonly shifts: number; readonly requests: number };
  /** The case study through the chatbot, this month and last month. */
  readonly case_study: { readonly this_month: unknown; readonly last_month: unknown };
  /** What the calls of models cost by month, and what is left of the savings. */
  readonly ai_costs: { readonly this_month: unknown; readonly last_month: unknown };
  /** How the receiver answers who opens the report of last month, as a page and as files. */
  readonly report: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Loads, drives, waits until all is counted, reads the case study and verifies. */
export async function runRound(
  services: DemoServices,
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<RoundResult> {
  const startedAt = performance.now();
  if (services.collector !== null) await waitUntilDrained(services.collector.metricsUrl, signal);
  const before = await readAllCounts(services.pool);
  const posted = await loadSampleHistory(services, options.seed, progress, signal);

  const traffic = driveLiveTraffic({ ...services, seed: `${options.seed}/${Date.now()}`, visitEveryMs: 350 });
  for (let left = options.liveSeconds; left > 0 && !signal.aborted; left--) {
    const { visits, requests } = traffic.counts;
    progress.update(`Live traffic: customers ${visits}, requests ${requests}, ${left} s to go`);
    await wait(1_000, undefined, { signal }).catch(() => {});
  }
  await traffic.stop();
  signal.throwIfAborted();
  const { visits, shifts, requests, unexpected } = traffic.counts;
  progress.say(`Live traffic: ${visits} customers, ${shifts} agents, ${requests} requests through the products`);

  progress.update("Waiting until everything is counted …");
  const readSent = async () =>
    addCounts(
      posted,
      await readHandedOut(services.modelUrl),
      ...(await Promise.all([services.chatbot, services.workbench].map(({ child }) => readRecordedEvents(child)))),
    );
  const events = await waitUntilCounted(() => readAllCounts(services.pool), before, readSent, patienceMs);

  const case_study = await readMonths("case-study", services.chatbotUrl, signal);
  const ai_costs = await readMonths("ai-costs", services.chatbotUrl, signal);
  progress.update("Opening the report …");
  const report = await openReport(services.receiverUrl, monthOf(Date.now(), 1), signal);
  progress.update("Recomputing every counter from the rows …");
  const verify = await runVerify(services.databaseUrl, signal);
  return {
    sample_data: true,
    seed: options.seed,
    way: services.collector === null ? "direct" : "collector",
    agrees:
      events.every((line) => line.agrees) &&
      verify.exitCode === 0 &&
      unexpected.length === 0 &&
      Object.values(report).every((status) => status === 200),
    events,
    verify,
    unexpected_answers: unexpected,
    live: { visits, shifts, requests },
    case_study,
    ai_costs,
    report,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}

/** A document of this month and of last month, through the chatbot. */
async function readMonths(document: string, chatbotUrl: string, signal: AbortSignal) {
  const read = async (month: string): Promise<unknown> => {
    const url = new URL(`/api/analytics/${document}?month=${month}`, chatbotUrl);
    return (await fetch(url, { signal })).json();
  };
  const now = Date.now();
  return { this_month: await read(monthOf(now, 0)), last_month: await read(monthOf(now, 1)) };
}

/** The HTTP status of the report as a page and as files. */
async function openReport(receiverUrl: string, month: string, signal: AbortSignal): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const path of ["/report", "/report.csv", "/report.pdf"]) {
    const response = await fetch(new URL(`${path}?month=${month}`, receiverUrl), { signal });
    await response.arrayBuffer();
    statuses[path] = response.status;
  }
  return statuses;
}
