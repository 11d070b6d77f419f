import type { Contender } from "./contenders.ts";
import type { LatencyRow } from "./figures/latency.ts";
import type { Run } from "./measure-run.ts";
import type { StepShare } from "./figures/transaction-shares.ts";
import { judge, median, spreadOf } from "./summarise.ts";
import type { Figure } from "./summarise.ts";

/** The rates of all contenders as a Markdown table. */
export function writeRunTable(contenders: readonly Contender[], runs: ReadonlyMap<string, readonly Run[]>): string {
  const lines = [
    "| contender | events/s | spread | CPU µs/event | spread | of it receiver | PostgreSQL | load | WAL / disk bytes/event | p50 / p99 ms |",
    "|---|---|---|---|---|---|---|---|---|---|",
  ];
  for (const { id, title } of contenders) {
    const measured = runs.get(id) ?? [];
    if (measured.length === 0) continue;
    const of = (read: (run: Run) => number): number => median(measured.map(read));
    const latency =
      measured[0]?.p50 === null
        ? "–"
        : `${of((run) => run.p50 ?? 0).toFixed(1)} / ${of((run) => run.p99 ?? 0).toFixed(1)}`;
    const bytes =
      measured[0]?.diskBytesPerEvent === null
        ? "–"
        : `${whole(of((run) => run.walBytesPerEvent))} / ${whole(of((run) => run.diskBytesPerEvent ?? 0))}`;
    lines.push(
      `| ${title} | ${whole(of((run) => run.eventsPerSecond))} | ${percent(spreadOf(measured.map((run) => run.eventsPerSecond)))} ` +
        `| **${of((run) => run.cpu).toFixed(1)}** | ${percent(spreadOf(measured.map((run) => run.cpu)))} ` +
        `| ${of((run) => run.receiverCpu).toFixed(1)} | ${of((run) => run.postgresCpu).toFixed(1)} ` +
        `| ${of((run) => run.loadCpu).toFixed(1)} | ${bytes} | ${latency} |`,
    );
  }
  return lines.join("\n");
}

/** The figures with their goals as a Markdown table: first those that have one, then the others. */
export function writeFigureTable(figures: readonly Figure[]): string {
  const lines = [
    "| figure | measured | goal | limit now | verdict | spread | value |",
    "|---|---|---|---|---|---|---|",
  ];
  const ordered = [
    ...figures.filter(({ target }) => target !== null),
    ...figures.filter(({ target }) => target === null),
  ];
  for (const figure of ordered) {
    const { id, title, ratio, target, spread, median: value, unit } = figure;
    const bound = (number: number | undefined): string =>
      number === undefined ? "–" : `${target?.atMost === true ? "≤" : "≥"} ${number}`;
    lines.push(
      `| \`${id}\` ${title} | ${ratio.toFixed(2)} | ${bound(target?.goal)} | ${bound(target?.limit)} | ${verdictOf(figure)} ` +
        `| ${percent(spread)} | ${value < 100 ? value.toFixed(2) : whole(value)} ${unit} |`,
    );
  }
  return lines.join("\n");
}

function verdictOf(figure: Figure): string {
  const { reached, holds } = judge(figure);
  if (reached === null) return "fact";
  if (reached) return "goal reached";
  if (holds) return "within limit";
  return figure.target?.limit === undefined ? "**goal missed**" : "**over limit**";
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
