import { fractionOf } from "../metrics/exact-fraction.ts";
import { formatPlanned, formatSpan } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { Annotation } from "./sql/read-annotations.ts";

type Say = (subject: string, text: string, locale: Locale) => string;

/** A sentence without its full stop, as it stands beside others. */
const sentences: Readonly<Record<Locale, Readonly<Record<Annotation["kind"], Say>>>> = {
  en: {
    note: (_, text) => text,
    version: (service, version) => `${service === "" ? "" : `${clip(service)} `}updated to ${clip(version)}`,
    setting: (setting, value, locale) =>
      changedTo(settingNames.en[setting] ?? setting, valueOf(setting, value, locale)),
    definitions: (_, names) => `own definitions changed: ${clip(names)}`,
    rules: (_, rules) => `counting rules ${rules} from here on`,
    cost: (currency, value, locale) => `cost of a manual session changed to ${money(value, currency, locale)}`,
    price: (_, models) => `price of tokens changed: ${clip(models)}`,
  },
  "zh-CN": {
    note: (_, text) => text,
    version: (service, version) => `${service === "" ? "" : `${clip(service)} `}更新到 ${clip(version)}`,
    setting: (setting, value, locale) => {
      const to = valueOf(setting, value, locale);
      const name = settingNames["zh-CN"][setting] ?? setting;
      return to === "" ? `${name}已更改` : `${name}改为 ${to}`;
    },
    definitions: (_, names) => `自有定义已更改：${clip(names)}`,
    rules: (_, rules) => `自此按计数规则 ${rules} 计算`,
    cost: (currency, value, locale) => `单次人工成本改为 ${money(value, currency, locale)}`,
    price: (_, models) => `token 单价已更改：${clip(models)}`,
  },
};

export const settingNames: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
  en: {
    timezone: "timezone",
    currency: "currency",
    idle_timeout: "idle timeout",
    agent_heartbeat: "agents' heartbeat",
    working_hours: "working hours",
  },
  "zh-CN": {
    timezone: "统计时区",
    currency: "货币",
    idle_timeout: "静默超时",
    agent_heartbeat: "坐席心跳",
    working_hours: "工作时间",
  },
};

/** Names that others choose; a sentence holds several. */
function clip(name: string): string {
  return name.length > 60 ? `${name.slice(0, 59)}…` : name;
}

/** What happened, in the reader's language. */
export function describeAnnotation({ kind, subject, text }: Annotation, locale: Locale): string {
  return sentences[locale][kind](subject ?? "", text ?? "", locale);
}

function changedTo(name: string, value: string): string {
  return value === "" ? `${name} changed` : `${name} changed to ${value}`;
}

function valueOf(setting: string, value: string, locale: Locale): string {
  if (setting === "working_hours") return "";
  return setting.startsWith("idle_") || setting.startsWith("agent_")
    ? formatSpan(fractionOf(`${value}000`), locale)
    : value;
}

function money(value: string, currency: string, locale: Locale): string {
  const digits = /\.(\d*[1-9])0*$/.exec(value)?.[1]?.length ?? 0;
  return formatPlanned(fractionOf(value), "currency", { style: "currency", digits }, locale, currency);
}
