import type { Locale } from "../../metrics/format-metric.ts";
import { html, type Html } from "../page/html.ts";
import { firstEventByCurl, firstEventBySdk } from "./first-event.ts";

const words = {
  en: {
    title: "Waiting for the first event",
    turns: "This page turns into your reports when it arrives.",
    still: "Reload this page after it was sent: scripts are off.",
    shell: "From a shell, to see that it works",
    product: "From your product",
    others: "With a Collector in between, or in another language: see the documents of your installation.",
  },
  "zh-CN": {
    title: "等待第一个事件",
    turns: "事件到达后，本页自动显示报告。",
    still: "浏览器已禁用脚本，发送后请刷新本页。",
    shell: "用命令行试一试",
    product: "在产品中",
    others: "如经由 Collector 发送，或使用其他语言，请参阅安装附带的文档。",
  },
} satisfies Record<Locale, unknown>;

/** Looks every three seconds whether there is something to show. */
export const waitingScript = `
"use strict";
setInterval(async () => {
  try {
    const page = await fetch(location.href, { headers: { accept: "text/html" } });
    if (page.ok && !(await page.text()).includes('id="waiting"')) location.reload();
  } catch { /* Asked again. */ }
}, 3000);
`;

export interface FirstEvent {
  /** Where to send it. */
  readonly address: string;
  /** When it happens. */
  readonly nowMs: number;
  /** True if whoever sends has to show a token. */
  readonly asksForToken: boolean;
}

/** What the start page shows while nothing has been counted. */
export function renderWaiting(locale: Locale, first: FirstEvent): Html {
  const texts = words[locale];
  return html`<div id="waiting">
    <h1>${texts.title}</h1>
    <p class="lead" role="status">${texts.turns}</p>
    <noscript><p>${texts.still}</p></noscript>
    <h2>${texts.shell}</h2>
    <pre
      class="card"
      tabindex="0"
    ><code>${firstEventByCurl(first.address, first.nowMs, first.asksForToken)}</code></pre>
    <h2>${texts.product}</h2>
    <pre class="card" tabindex="0"><code>${firstEventBySdk(first.address)}</code></pre>
    <p class="meta">${texts.others}</p>
  </div>`;
}
