import type { Locale } from "../../metrics/format-metric.ts";
import type { Message } from "../message.ts";

interface MailWords {
  /** The last line of a mail. */
  sentFor(tenantName: string): string;
}

const words: Readonly<Record<Locale, MailWords>> = {
  en: { sentFor: (tenantName) => `Spanledger sent this for ${tenantName}.` },
  "zh-CN": { sentFor: (tenantName) => `由 Spanledger 为${/^[\w.]/.test(tenantName) ? " " : ""}${tenantName} 发送。` },
};

export function mailWordsOf({ locale }: Pick<Message, "locale">): MailWords {
  return words[locale];
}
