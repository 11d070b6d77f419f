/** Something that keeps a row, or an event of it, from being imported. */
export interface ImportProblem {
  readonly place: number;
  readonly text: string;
}

/** So many problems are named; the others are counted. */
const maxNamed = 10;

/** What became of the rows of a source. */
export class ImportReport {
  /** Rows that were read, wrong ones among them. */
  rows = 0;
  /** Events that were stored and counted now. A dry run: that are well. */
  imported = 0;
  /** Events that were stored before, by an import too. */
  known = 0;
  /** Known events whose time, name or content is another one now; the stored ones stay. */
  changed = 0;
  /** Rows of which nothing or not all could be read. */
  unreadable = 0;
  /** Events that mapping rejected; they are kept and can be replayed. */
  rejected = 0;
  /** Events whose time has not come. */
  waiting = 0;
  /** Events at or after the cut-over. */
  afterCutOver = 0;
  /** Events before what is kept of the tenant. */
  tooOld = 0;
  /** Local times that a change of clocks repeats: the first of the two was taken. */
  repeatedTimes = 0;
  /** Local times that a change of clocks skips: taken as if the clocks had not been changed. */
  skippedTimes = 0;
  readonly events: Record<string, number> = {};
  /** Names that the catalogue does not know. */
  readonly unknownEvents = new Set<string>();
  /** Values that were left out of their events, by `event attribute (code)`. */
  readonly leftOut: Record<string, number> = {};
  /** The first problems, by place. */
  readonly problems: ImportProblem[] = [];

  add(problem: ImportProblem): void {
    this.problems.push(problem);
    this.problems.sort((a, b) => a.place - b.place);
    if (this.problems.length > maxNamed) this.problems.pop();
  }

  /** True if a problem at this place would be among the first. */
  names(place: number): boolean {
    return this.problems.length < maxNamed || place < this.problems.at(-1)!.place;
  }

  /** True if all that the source says is stored. */
  get isWhole(): boolean {
    return this.unreadable + this.rejected + this.changed === 0;
  }
}

/** The report as one JSON document. */
export function reportAsJson(report: ImportReport): Record<string, unknown> {
  return { ...report, unknownEvents: [...report.unknownEvents].toSorted() };
}

/** The report for people. */
export function describeReport(report: ImportReport, { dryRun, placeName }: { dryRun: boolean; placeName: string }) {
  const count = (number: number, text: string): string => (number === 0 ? "" : `  ${format(number)} ${text}\n`);
  const named = report.problems.map(({ place, text }) => `  ${placeName} ${place}: ${text}\n`).join("");
  const found = report.unreadable + report.rejected + report.changed;
  const more = found > report.problems.length ? `  and ${format(found - report.problems.length)} more\n` : "";
  return [
    `${format(report.rows)} ${placeName === "line" ? "records" : "rows"} read\n`,
    dryRun
      ? `  ${format(report.imported)} events would be imported, except those that are known\n`
      : `  ${format(report.imported)} events imported\n`,
    count(report.known, "events known already: not counted again"),
    count(report.changed, "of them known with another time, name or content: the stored ones stay"),
    count(report.unreadable, "problems of records that cannot be read"),
    count(report.rejected, `events rejected${dryRun ? "" : "; `spanledger replay` tries them again"}`),
    count(report.waiting, "events wait for their time"),
    count(report.afterCutOver, "events at or after --until: left out"),
    count(report.tooOld, "events before what is kept of the tenant: left out"),
    count(report.repeatedTimes, "local times that a change of clocks repeats: read as the first of the two"),
    count(report.skippedTimes, "local times that a change of clocks skips: read as if it came later"),
    ...list("Events", report.events, (name) =>
      report.unknownEvents.has(name) ? `${name} (not in the catalogue)` : name,
    ),
    ...list("Values left out of their events", report.leftOut, (name) => name),
    named === "" ? "" : `Problems\n${named}${more}`,
  ].join("");
}

function list(title: string, counts: Readonly<Record<string, number>>, name: (key: string) => string): string[] {
  const lines = Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, number]) => `  ${format(number)} ${name(key)}\n`);
  return lines.length === 0 ? [] : [`${title}\n`, ...lines];
}

const format = (number: number): string => number.toLocaleString("en");
