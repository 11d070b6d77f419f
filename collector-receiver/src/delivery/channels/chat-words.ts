import type { Locale } from "../../metrics/format-metric.ts";
import type { Message } from "../message.ts";

interface ChatWords {
  readonly alert: string;
  readonly report: string;
  readonly sample: string;
  /** The text of a link to the numbers. */
  readonly open: string;
  /** Between a label and its value. */
  readonly colon: string;
}

const words: Readonly<Record<Locale, ChatWords>> = {
  en: {
    alert: "Alert",
    report: "Report",
    sample: "Test message",
    open: "Open the numbers",
    colon: ": ",
  },
  "zh-CN": {
    alert: "告警",
    report: "报告",
    sample: "测试消息",
    open: "查看数据",
    colon: "：",
  },
};

export function chatWordsOf({ locale }: Pick<Message, "locale">): ChatWords {
  return words[locale];
}

/** One word for the kind of a message: "Alert", "Report". The title of an alert says whether it is over. */
export function nameMessage(message: Message): string {
  return chatWordsOf(message)[message.kind];
}

/** Green for what is well again, red for what is not, blue for all else. */
export function colourOf({ state }: Message): "red" | "green" | "blue" {
  return state === null ? "blue" : state === "firing" ? "red" : "green";
}
