import type { Message } from "../../../collector-receiver/src/delivery/message.ts";

export const alertMessage: Message = {
  kind: "alert",
  state: "firing",
  tenantId: "brand-a",
  tenantName: "Brand <A> & Söhne",
  locale: "en",
  title: "AI resolution rate missed its goal",
  sentences: ["On 2026-11-29 it was 71.4%, and the goal is at least 85%.", "It rests on 1,204 conversations."],
  figures: [
    { label: "AI resolution rate", value: "71.4%" },
    { label: "Goal", value: "≥ 85%" },
  ],
  link: "https://reports.example/report?period=2026-11-29&lang=en",
  key: "0193a4c2-7b1d-7c3e-9a55-0f2f6c1d2e3f",
  createdAt: "2026-11-30T01:00:00.000Z",
};

export const chineseMessage: Message = {
  ...alertMessage,
  state: "resolved",
  tenantName: "品牌 A",
  locale: "zh-CN",
  title: "AI 解决率已恢复达标",
  sentences: ["2026-11-30 为 86.2%，目标为不低于 85%。"],
  figures: [{ label: "AI 解决率", value: "86.2%" }],
};
