import type { Contender } from "./contenders.ts";
import type { LatencyRow } from "./figures/latency.ts";
import type { Run } from "./measure-run.ts";
import type { StepShare } from "./figures/transaction-shares.ts";
import { median, spreadOf } from "./summarise.ts";
import type { Figure } from "./summarise.ts";

/** The rates of all contenders as a Markdown table. */
export function writeRunTable(contenders: readonly Contender[], runs: ReadonlyMap<string, readonly Run[]>): string {
  const lines = [
    "| contender | events/s | spread | CPU µs/event: receiver | PostgreSQL | load | WAL / disk bytes/event | p50 / p99 ms |",
    "|---|---|---|---|---|---|---|---|",
  ];
  for (const { id, title } of contenders) {
    const measured = runs.get(id) ?? [];
    if (measured.length === 0) continue;
    const of = (read: (run: Run) => number): number => median(measured.map(read));
    const latency =
      measured[0]?.p50 === null
        ? "–"
        : `${of((run) => run.p50 ?? 0).toFixed(1)} / ${of((run) => run.p99 ?? 0).toFixed(1)}`;
    lines.push(
      `| ${title} | ${whole(of((run) => run.eventsPerSecond))} | ${percent(spreadOf(measured.map((run) => run.eventsPerSecond)))} ` +
        `| ${of((run) => run.receiverCpu).toFixed(1)} | ${of((run) => run.postgresCpu).toFixed(1)} ` +
        `| ${of((run) => run.loadCpu).toFixed(1)} | ${whole(of((run) => run.walBytesPerEvent))} / ${whole(of((run) => run.diskBytesPerEvent))} | ${latency} |`,
    );
  }
  return lines.join("\n");
}

/** The figures with their goals as a Markdown table. */
export function writeFigureTable(figures: readonly Figure[]): string {
  const lines = ["| figure | measured | goal | holds | spread | value |", "|---|---|---|---|---|---|"];
  for (const { id, title, ratio, goal, atMost, holds, spread, median: value, unit } of figures) {
    lines.push(
      `| \`${id}\` ${title} | ${ratio.toFixed(2)} | ${atMost ? "≤" : "≥"} ${goal} | ${holds ? "yes" : "**no**"} ` +
        `| ${percent(spread)} | ${value < 100 ? value.toFixed(2) : whole(value)} ${unit} |`,
    );
  }
  return lines.join("\n");
}

/** Latency at shares of the highest rate as a Markdown table. */
export function writeLatencyTable(rows: readonly LatencyRow[]): string {
  return [
    "| share of the highest rate | events/s | p50 ms | p99 ms |",
    "|---|---|---|---|",
    ...rows.map(
      ({ share, eventsPerSecond, p50, p99 }) =>
        `| ${percent(share)} | ${whole(eventsPerSecond)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`,
    ),
  ].join("\n");
}

/** What each step of a batch's transaction takes as a Markdown table. */
export function writeShareTable(shares: readonly StepShare[]): string {
  const whole = shares.reduce((sum, { cpu }) => sum + cpu, 0);
  return [
    "| step of the transaction | PostgreSQL's CPU µs/event | share | WAL bytes/event |",
    "|---|---|---|---|",
    ...shares.map(
      ({ step, cpu, walBytes }) =>
        `| ${step} | ${cpu.toFixed(2)} | ${percent(cpu / whole)} | ${Math.round(walBytes)} |`,
    ),
  ].join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
