/** Names a variable of the receiver's environment that holds a secret: it is read when it is needed, and stored nowhere. */
export interface SecretReference {
  readonly env: string;
}

interface AnyTarget {
  /** Unique in a config. Rules and schedules name it. */
  readonly name: string;
  /** Tenants whose messages may go there. */
  readonly tenants: readonly string[];
  /** The language of its readers. */
  readonly locale: "zh-CN" | "en";
  /** True: it may have a private, loopback or link-local address, and be spoken to without TLS. */
  readonly allowsPrivate: boolean;
}

/** JSON of our own, signed as "Standard Webhooks" says. */
export interface WebhookTarget extends AnyTarget {
  readonly type: "webhook";
  readonly url: string | SecretReference;
  readonly secret: SecretReference;
}

/** A place that messages are sent to, as a `spanledger.config.ts` names it, checked and with every default filled in. */
export type Target = WebhookTarget;
