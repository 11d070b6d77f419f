import type { GoalVerdict } from "../../metrics/goals.ts";
import type { MetricGroup } from "../../metrics/metric-definition.ts";
import type { ComparisonMode } from "../../stats/compare-periods.ts";
import type { PeriodStatus } from "../../stats/period-status.ts";

/** Every word of the pages, once for each language. */
export interface ReportTexts {
  readonly product: string;
  /** The report without its month, in a path of links. */
  readonly report: string;
  readonly reportOf: (period: string) => string;
  readonly sampleData: string;
  readonly skip: string;
  readonly otherLanguage: string;
  /** What the name beside `signOut` is. */
  readonly account: string;
  readonly signOut: string;
  readonly allMonths: string;
  readonly monthlyReports: string;
  readonly stillRunning: string;
  readonly liveWall: string;
  readonly api: string;
  readonly thisMonth: string;
  readonly liveOpen: string;
  readonly liveLost: string;
  readonly liveStill: string;
  readonly otherMonths: string;
  readonly sharedCopy: (made: string, until: string, least: string) => string;
  readonly downloads: string;
  readonly story: string;
  readonly storyWithheld: (least: string) => string;
  readonly figures: string;
  readonly charts: string;
  readonly chartData: string;
  readonly groups: Readonly<Record<MetricGroup, string>>;
  readonly statuses: Readonly<Record<PeriodStatus, string>>;
  readonly comparison: ComparisonTexts;
  readonly asOf: (instant: string) => string;
  readonly timezone: (timezone: string) => string;
  readonly arrived: (share: string) => string;
  readonly numberedArrived: (numbered: string, share: string) => string;
  /** The status in a word or two. */
  readonly states: Readonly<Record<PeriodStatus, string>>;
  readonly completeNumbers: (recorded: string, missing: string, dropped: string) => string;
  readonly completenessUnknown: string;
  readonly nothingToCompare: string;
  readonly unchanged: string;
  readonly changeUp: (amount: string) => string;
  readonly changeDown: (amount: string) => string;
  readonly points: string;
  readonly lowSample: (numerator: string, denominator: string) => string;
  readonly fewSamples: (denominator: string) => string;
  readonly assumed: (count: string) => string;
  readonly goal: (target: string, verdict: GoalVerdict | null) => string;
  readonly ended: (rate: string) => string;
  readonly neverReported: string;
  readonly noValue: string;
  /** Of a figure that is not kept by the dimension that the report is filtered by. */
  readonly notFiltered: string;
  readonly nothingToDivideBy: string;
  readonly moreFigures: string;
  readonly withheld: string;
  readonly definition: string;
  readonly definitions: string;
  readonly figure: string;
  readonly versionHead: string;
  readonly formula: string;
  readonly numerator: string;
  readonly denominator: string;
  readonly before: string;
  readonly periodRule: string;
  readonly edgeCases: string;
  readonly version: (version: number, since: string) => string;
  readonly key: string;
  readonly trend: string;
  readonly month: string;
  readonly sessionsBehind: string;
  readonly dataTable: string;
  readonly csvByDay: string;
  readonly savePicture: string;
  readonly notes: string;
  readonly footer: string;
  readonly chart: ChartTexts;
}

/** Sentences about what the changes are against; joined by `between`. */
export interface ComparisonTexts {
  readonly between: string;
  readonly noDayYet: string;
  readonly nothingBefore: (period: string) => string;
  readonly against: (period: string) => string;
  readonly sameDays: (period: string, mode: "previous" | "year") => string;
  readonly byDay: (own: number, other: number) => string;
  readonly ratesUpTo: (day: string) => string;
  readonly ratesLater: string;
  readonly with: string;
  readonly versus: (period: string) => string;
  readonly without: string;
  readonly modes: Readonly<Record<ComparisonMode, string>>;
}

export interface ChartTexts {
  readonly day: string;
  readonly none: Readonly<Record<"sessions" | "responses" | "escalations" | "queries" | "agents" | "tickets", string>>;
  readonly missingProduct: Readonly<Record<"chatbot" | "workbench", string>>;
  readonly withheld: (least: number) => string;
  readonly inSteps: (least: number) => string;
  /** Bars beyond the first ones. */
  readonly more: (count: string) => string;
  /** What the hatched ground of a chart means. */
  readonly unripe: string;
  /** What the numbered lines of a chart mean. */
  readonly targets: (lines: readonly string[]) => string;
  readonly marked: (marks: readonly string[]) => string;
  /** So many more things happened then. */
  readonly furtherMarks: (count: number) => string;
  readonly mark: (label: string, day: string, texts: readonly string[]) => string;
  readonly sessions: {
    readonly title: string;
    readonly summary: (sessions: string, resolved: string, rate: string) => string;
    readonly parts: Readonly<
      Record<"resolved" | "confirmed" | "assumed" | "human" | "lost" | "open" | "unclassified" | "other", string>
    >;
    readonly rate: string;
    readonly sessions: string;
    readonly assumed: string;
    readonly columnsTitle: string;
    readonly rateTitle: string;
  };
  readonly responses: {
    readonly title: string;
    /** `quantiles`: as many of the next three as there are responses for. */
    readonly summary: (responses: string, quantiles: readonly string[]) => string;
    readonly p50: (time: string) => string;
    readonly p90: (time: string) => string;
    readonly p99: (time: string) => string;
    readonly from: string;
    readonly axis: string;
    readonly responses: string;
    readonly between: (from: string, to: string) => string;
    readonly share: string;
  };
  readonly reasons: {
    readonly title: string;
    readonly summary: (escalations: string, first: string, share: string) => string;
    readonly reason: string;
    readonly escalations: string;
    readonly share: string;
    readonly other: string;
  };
  readonly queries: {
    readonly title: string;
    readonly summary: (order: string, tracking: string) => string;
    readonly order: string;
    readonly tracking: string;
    readonly orders: string;
    readonly trackings: string;
    readonly columnsTitle: string;
    readonly rateTitle: string;
  };
  readonly agents: {
    readonly title: string;
    readonly summary: (sessions: string, agents: string, most: string) => string;
    readonly agent: string;
    readonly unattributed: string;
    /** The link to all agents. */
    readonly all: string;
    readonly unnamed: (id: number) => string;
    readonly anonymous: (place: number) => string;
    readonly rest: (count: string) => string;
  };
  readonly tickets: {
    readonly title: string;
    readonly summary: (created: string, closed: string, sla: string) => string;
    readonly created: string;
    readonly closed: string;
    readonly sla: string;
    readonly columnsTitle: string;
    readonly rateTitle: string;
  };
}
