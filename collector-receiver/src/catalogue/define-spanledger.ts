import type { AttributeType, EventCatalogue, vocabularies } from "@spanledger/sdk/event-catalogue";

/** A name in both languages. */
interface Texts {
  readonly en: string;
  readonly zh: string;
}

/** An attribute of an event of your own. */
export interface AttributeInput extends Texts {
  readonly type: AttributeType;
  /** An event without it is rejected as `missing_attribute`. */
  readonly required?: true;
  /** UCUM style: `ms`, `s`, `min`, `h`, `{guest}`. */
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** In Unicode code points; texts only. */
  readonly maxLength?: number;
  /** What a text may be grouped by. Another value is not an error: it counts as `other`. */
  readonly values?: readonly string[];
  readonly example?: string | number | boolean;
}

/** An event of your own. */
export interface EventInput extends Texts {
  readonly attributes?: Readonly<Record<string, AttributeInput>>;
}

type Events = Readonly<Record<string, EventInput>>;
type AttributesIn<E> = E extends { readonly attributes: infer A } ? A : unknown;
interface ValueOf {
  string: string;
  int: number;
  double: number;
  boolean: boolean;
}
type OfType<A, T extends AttributeType> = {
  [K in keyof A]: A[K] extends { readonly type: T } ? K : never;
}[keyof A] &
  string;
type Filter<A> = {
  readonly [K in keyof A]?: A[K] extends { readonly type: infer T extends AttributeType }
    ? ValueOf[T] | readonly ValueOf[T][]
    : never;
};
type Grouping<A> =
  | OfType<A, "string" | "boolean">
  | { readonly attribute: OfType<A, "string">; readonly values: readonly string[] };

interface MetricTexts extends Texts {
  /** What it says, in a sentence. */
  readonly meaning?: Texts;
}

interface Counted<N, A> extends MetricTexts {
  readonly event: N;
  /** Counts only events with these values; a list stands for any of its values. */
  readonly where?: Filter<A>;
  /** An attribute with declared `values`, a boolean, or an attribute with the values to tell apart. */
  readonly groupBy?: Grouping<A>;
}

interface CountInput<N, A> extends Counted<N, A> {
  readonly kind: "count" | "sessions";
}

interface SumInput<N, A> extends Counted<N, A> {
  readonly kind: "sum";
  readonly attribute: OfType<A, "int" | "double">;
  /** Money of the tenant's currency, or a time. Default: the attribute's unit if it is a time, else a count. */
  readonly unit?: "count" | "currency" | "ms" | "s" | "min" | "h";
  /** Decimals that are kept of each value, 0 to 6. Default: 0 for `int`, 2 for `double`. */
  readonly decimals?: number;
}

interface DurationInput<N, A> extends Counted<N, A> {
  readonly kind: "duration";
  /** Its unit says what it is: `ms`, `s`, `min` or `h`. */
  readonly attribute: OfType<A, "int" | "double">;
}

type MetricOf<N, A> = CountInput<N, A> | SumInput<N, A> | DurationInput<N, A>;

interface RatioInput extends MetricTexts {
  readonly kind: "ratio";
  /** Keys of metrics that are a count, a sum or sessions. */
  readonly numerator: string;
  readonly denominator: string;
  /** Default: percent. Any other is the plain quotient in that unit: an average. */
  readonly unit?: "percent" | "ratio" | "currency" | "ms" | "s" | "min" | "h";
}

// Without events of its own, a config's metrics name the catalogue's only.
// oxlint-disable-next-line typescript/no-generated-empty-object-type
type NoEvents = Readonly<Record<never, EventInput>>;

/** TypeScript infers an index signature for a config without events; then any name would do. */
type NamesIn<E> = string extends keyof E ? never : keyof E;

/** A metric over an event of yours or of the catalogue. */
export type MetricInput<E> =
  | RatioInput
  | { [N in NamesIn<E>]: MetricOf<N, AttributesIn<E[N]>> }[NamesIn<E>]
  | { [N in keyof EventCatalogue]: MetricOf<N, EventCatalogue[N]["attributes"]> }[keyof EventCatalogue];

type Vocabularies = typeof vocabularies;

/**
 * Words of your own for roles, statuses, end reasons and channels, by what they mean, for example
 * `{ ticket_status: { closed: ["fertig"] } }`. Channels may have meanings of your own.
 */
export type WordsInput = {
  readonly [Name in keyof Vocabularies]?: Name extends "channel"
    ? Readonly<Record<string, readonly string[]>>
    : { readonly [Meaning in keyof Vocabularies[Name]]?: readonly string[] };
};

/** Whose spans of calls of models count, as recorded `ai.call` events do. */
export interface AiCallsInput {
  /** Values of `service.name`. */
  readonly services: readonly string[];
  /** Instrumentation scopes to pass over: if two instrument one client, name the one that is not to count. */
  readonly ignoreScopes?: readonly string[];
}

/** Values of an attribute that figures are split by. */
export interface DimensionInput extends Partial<Texts> {
  /** They count as they are written, digits included. */
  readonly values: readonly string[];
}

/**
 * Values by which the report splits figures, by event and attribute, for example `{ "session.start": { plan: { en: "Plan", zh: "套餐",
 * values: ["free", "pro"] } } }`. `service_name` of a `session.start` stands for the product. Channels are words.
 */
export type SegmentsInput = {
  readonly [
    Name in "session.start" | "session.escalate" | "query.order" | "query.tracking" | "ticket.created"
  ]?: Readonly<Record<string, DimensionInput>>;
};

/** Names a variable of the receiver's environment that holds the secret; the config never holds it. */
interface SecretInput {
  readonly env: string;
}

interface AnyTargetInput {
  /** Tenants whose messages may go there. Default: `["default"]`. */
  readonly tenants?: readonly string[];
  /** The language of its readers. Default: the variable `LOCALE`. */
  readonly locale?: "zh-CN" | "en";
  /** Lets it have a private, loopback or link-local address, and an address that begins with `http://`. */
  readonly allowPrivate?: true;
}

interface WebhookInput extends AnyTargetInput {
  /** JSON of our own, signed with the secret as Standard Webhooks says. */
  readonly type: "webhook";
  readonly url: string | SecretInput;
  readonly secret: SecretInput;
}

interface ChatInput extends AnyTargetInput {
  readonly type: "slack" | "wecom";
  /** The address of the incoming webhook, or of the group's robot. Whoever knows it may write there. */
  readonly url: SecretInput;
}

interface SignedChatInput extends AnyTargetInput {
  readonly type: "feishu" | "lark" | "dingtalk";
  /** The address of the group's robot. Whoever knows it may write there. */
  readonly url: SecretInput;
  /** If the robot checks signatures. */
  readonly secret?: SecretInput;
}

interface EmailInput extends AnyTargetInput {
  readonly type: "email";
  /** `smtps://user:password@host:465` for TLS, `smtp://user:password@host:587` for STARTTLS. */
  readonly server: SecretInput;
  /** `reports@shop.example`, or `Reports <reports@shop.example>`. */
  readonly from: string;
  readonly to: readonly string[];
}

/** A place that messages are sent to. */
export type TargetInput = WebhookInput | ChatInput | SignedChatInput | EmailInput;

/** A report that is sent on a schedule: of the last period that is over. */
export interface ReportInput<Name extends string> {
  readonly period: "day" | "week" | "month" | "quarter" | "year";
  /**
   * Five fields, in the tenant's business timezone. Default: 09:00 on the first day after the period, such as `0 9 * * 1`
   * for a week.
   */
  readonly cron?: string;
  /** Targets, by name. Each gets the report of each of its tenants. */
  readonly to: readonly Name[];
  /** Withholds what rests on fewer than so many, as shared copies do. Default: 10. */
  readonly minGroupSize?: number;
}

interface AnyAlertInput<Name extends string> {
  /** Targets, by name. Default: all targets of the tenant. */
  readonly to?: readonly Name[];
}

/** What people are told about unasked. Each alert fires once and resolves once. */
export type AlertInput<Name extends string> = AnyAlertInput<Name> &
  (
    | {
        /** The metric's goal is missed, on the last day that can be judged or over the last seven of them. */
        readonly kind: "goal";
        readonly metric: string;
        /** Default: 1. */
        readonly days?: 1 | 7;
        /** A rate or a mean over fewer is not judged. Default: 30. */
        readonly minConversations?: number;
      }
    | {
        /** The metric differs from the same weekday of the four weeks before. */
        readonly kind: "change";
        readonly metric: string;
        /** Default: drop. */
        readonly direction?: "drop" | "rise" | "either";
        /** Percent; of a metric in percent, points. */
        readonly by: number;
        readonly minConversations?: number;
      }
    | {
        /** Nothing has arrived for so many minutes of working time. */
        readonly kind: "silence";
        /** Default: 60. */
        readonly minutes?: number;
      }
    | {
        /** A day's rejected events and invalid values together are more than so many percent of its events. */
        readonly kind: "quality";
        readonly percent: number;
        /** A day with fewer is not judged. Default: 100. */
        readonly minEvents?: number;
      }
    | {
        /** Calls of models have cost more than this in the calendar month, in the tenant's currency. */
        readonly kind: "budget";
        readonly amount: number;
      }
  );

type Targets = Readonly<Record<string, TargetInput>>;
// oxlint-disable-next-line typescript/no-generated-empty-object-type
type NoTargets = Readonly<Record<never, TargetInput>>;

/** What a `spanledger.config.ts` exports by default. */
export interface SpanledgerConfig<E, T = NoTargets> {
  readonly events?: E;
  /** By key: lower case, digits and underscores. */
  readonly metrics?: Readonly<Record<string, MetricInput<NoInfer<E>>>>;
  readonly words?: WordsInput;
  readonly aiCalls?: AiCallsInput;
  readonly segments?: SegmentsInput;
  /** Where messages go, by name. */
  readonly targets?: T;
  /** Reports on a schedule, by name. */
  readonly reports?: Readonly<Record<string, ReportInput<NamesIn<NoInfer<T>> & string>>>;
  /** Alerts, by name. */
  readonly alerts?: Readonly<Record<string, AlertInput<NamesIn<NoInfer<T>> & string>>>;
}

/**
 * Types a `spanledger.config.ts`: names of events and attributes, and the values of filters, are checked as you
 * write. It gives back what it is given; the receiver checks the rest at its start.
 * @example
 * export default defineSpanledger({
 *   events: { "table.booked": { en: "A table is booked", zh: "预订餐桌", attributes: { … } } },
 *   metrics: { tables_booked: { kind: "count", event: "table.booked", en: "Tables booked", zh: "预订数" } },
 * });
 */
export function defineSpanledger<const E extends Events = NoEvents, const T extends Targets = NoTargets>(
  config: SpanledgerConfig<E, T>,
): SpanledgerConfig<E, T> & { readonly events: E } {
  return config as SpanledgerConfig<E, T> & { readonly events: E };
}
