import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import { settingNames } from "../../collector-receiver/src/stats/describe-annotation.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { annotationQuery } from "../sql/annotation-query.ts";
import type { BoardAnnotation } from "./compose-board.ts";

const changed: Readonly<Record<string, LocalText>> = {
  definitions: { en: "Own definitions changed:", zh: "自有定义已更改：" },
  rules: { en: "Counting rules from here on:", zh: "自此计数规则：" },
  cost: { en: "Cost of a manual session:", zh: "单次人工成本：" },
  price: { en: "Price of tokens changed:", zh: "token 单价已更改：" },
};

/** What happened, as the report marks it: on every dashboard with panels by day. */
export function boardAnnotations(context: BoardContext): BoardAnnotation[] {
  const settings = settingNames[context.language === "zh" ? "zh-CN" : "en"];
  const names = Object.fromEntries(Object.entries(changed).map(([kind, text]) => [kind, say(context, text)]));
  return [
    { name: { en: "Notes", zh: "标注" }, color: "blue", sql: annotationQuery(["note"], {}) },
    { name: { en: "New versions", zh: "新版本" }, color: "green", sql: annotationQuery(["version"], {}) },
    {
      name: { en: "Settings and rules", zh: "设置与规则变更" },
      color: "orange",
      sql: annotationQuery(["setting", "definitions", "rules", "cost", "price"], { ...names, ...settings }),
    },
  ];
}
