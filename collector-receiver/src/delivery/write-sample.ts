import type { Target } from "../catalogue/delivery-targets.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { Message } from "./message.ts";

const words: Readonly<
  Record<Locale, { readonly title: string; readonly sentence: (name: string) => string; readonly target: string }>
> = {
  en: {
    title: "this target works",
    sentence: (name) =>
      `Somebody has sent a test message to the target "${name}". Nothing has happened, and nothing is to be done.`,
    target: "Target",
  },
  "zh-CN": {
    title: "该目标可用",
    sentence: (name) => `有人向目标“${name}”发送了一条测试消息。没有发生任何事情，无需处理。`,
    target: "目标",
  },
};

/** A message that tries a target. */
export function writeSample(
  { name, tenants }: Target,
  { locale, link, key, now }: Pick<Message, "locale" | "link" | "key"> & { readonly now: Date },
): Message {
  const tenantId = tenants[0]!;
  const own = words[locale];
  return {
    kind: "sample",
    state: null,
    tenantId,
    tenantName: tenantId,
    locale,
    title: own.title,
    sentences: [own.sentence(name)],
    figures: [{ label: own.target, value: name }],
    link,
    key,
    createdAt: now.toISOString(),
  };
}
