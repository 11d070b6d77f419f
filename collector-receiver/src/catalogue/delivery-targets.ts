/** Names a variable of the receiver's environment that holds a secret: it is read when it is needed, and stored nowhere. */
export interface SecretReference {
  readonly env: string;
}

interface AnyTarget {
  /** Unique in a config. Rules and schedules name it. */
  readonly name: string;
  /** Tenants whose messages may go there. */
  readonly tenants: readonly string[];
  /** The language of its readers; null: that of the receiver's documents. */
  readonly locale: "zh-CN" | "en" | null;
  /** True: it may have a private, loopback or link-local address, and be spoken to without TLS. */
  readonly allowsPrivate: boolean;
}

/** JSON of our own, signed as "Standard Webhooks" says. */
export interface WebhookTarget extends AnyTarget {
  readonly type: "webhook";
  readonly url: string | SecretReference;
  readonly secret: SecretReference;
}

/** A robot or an incoming webhook of a chat. Its address lets whoever knows it write there. */
export interface ChatTarget extends AnyTarget {
  readonly type: "slack" | "feishu" | "lark" | "dingtalk" | "wecom";
  readonly url: SecretReference;
  /** Null: messages are not signed. */
  readonly secret: SecretReference | null;
}

export interface EmailTarget extends AnyTarget {
  readonly type: "email";
  /** Holds `smtps://user:password@host:465`, or `smtp://…` for STARTTLS. */
  readonly server: SecretReference;
  readonly from: string;
  readonly to: readonly string[];
}

/** A place that messages are sent to, as a `spanledger.config.ts` names it, checked and with every default filled in. */
export type Target = WebhookTarget | ChatTarget | EmailTarget;

export type ScheduledPeriod = "day" | "week" | "month" | "quarter" | "year";

/** A report that is sent on a schedule: of the last period that is over. */
export interface ReportSchedule {
  /** Unique in a config. */
  readonly name: string;
  readonly period: ScheduledPeriod;
  /** Five fields, in a tenant's business timezone. */
  readonly cron: string;
  /** Names of targets. */
  readonly to: readonly string[];
  /** What rests on fewer is withheld. */
  readonly minGroupSize: number;
}

/** What a `spanledger.config.ts` says about messages. */
export interface DeliveryPlan {
  readonly targets: readonly Target[];
  readonly reports: readonly ReportSchedule[];
}
