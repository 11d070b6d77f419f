import { unsigned } from "../../metrics/compare-metric.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { CustomFigure } from "../../stats/custom-metrics.ts";
import { describeInstant } from "../../stats/describe-period.ts";
import type { ComparedMetric } from "../../stats/compared-metric.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { goalWords } from "./describe-figure.ts";
import type { ReportContext } from "./report-context.ts";

const words = {
  en: {
    title: "Your own metrics",
    group: "Group",
    value: "Value",
    change: "Change",
    byGroup: (attribute: string) => `By ${attribute}`,
    since: (instant: string) => `Counted since ${instant}; what came before is not counted yet.`,
    samples: (count: string) => `of ${count} durations`,
    notAdditive: "Distinct sessions are known for a day, an ISO week and a month only.",
  },
  zh: {
    title: "自定义指标",
    group: "分组",
    value: "数值",
    change: "变化",
    byGroup: (attribute: string) => `按 ${attribute} 分组`,
    since: (instant: string) => `自${instant}起计数；此前的事件尚未计入。`,
    samples: (count: string) => `共 ${count} 个时长`,
    notAdditive: "会话去重数只有按日、ISO 周和月的数值。",
  },
} as const;

type Words = (typeof words)["en" | "zh"];

/** What the section is called, on the page and in files. */
export const customTitle = (locale: Locale): string => words[locale === "zh-CN" ? "zh" : "en"].title;

/** The metrics that a report shows: none in a shared copy. */
export function customFiguresOf({ material, least }: ReportContext): readonly CustomFigure[] {
  return least === null ? material.custom.metrics : [];
}

/**
 * The metrics of a product's `spanledger.config.ts`; nothing if it has none. Not in shared copies: what a sum or a
 * ratio of somebody's own definition rests on, and what its groups give away of each other, nobody can tell.
 */
export function renderCustomSection({ material, locale, texts, least }: ReportContext): Fragment {
  const { custom, reading } = material;
  if (least !== null || custom.metrics.length === 0) return null;
  const own = words[locale === "zh-CN" ? "zh" : "en"];
  const instantOf = (iso: string): string => describeInstant(Date.parse(iso), reading.tenant.timezone, locale);
  return html`<section aria-labelledby="own-metrics">
    <h2 id="own-metrics">${own.title}</h2>
    <div class="grid-of-figures">
      ${custom.metrics.map(
        (figure) =>
          html`<article class="card figure" id="own-${figure.key}">
            <h3>${figure.name}</h3>
            <p class="value${figure.value === null && " none"}">${figure.formatted}</p>
            ${figure.change !== null && html`<p class="change">${customChangeText(figure, texts)}</p>`}
            ${figure.goal && html`<p class="aside goal">${goalWords(figure, { texts })}</p>`}
            ${asideOf(figure, own, locale, texts)}
            ${figure.counted_since !== null && html`<p class="aside">${own.since(instantOf(figure.counted_since))}</p>`}
            <div class="foot">
              <details>
                <summary>${texts.definition}</summary>
                ${figure.meaning !== null && html`<p>${figure.meaning}</p>`}
                <p><code>${figure.formula}</code></p>
                <p><code>${figure.key}</code></p>
              </details>
              ${figure.groups.length > 0 && renderGroups(figure, own, texts)}
            </div>
          </article>`,
      )}
    </div>
  </section>`;
}

function renderGroups(figure: CustomFigure, own: Words, texts: ReportContext["texts"]): Html {
  return html`<details>
    <summary>${own.byGroup(figure.group_by ?? "")}</summary>
    <div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label="${`${figure.name}: ${own.byGroup(figure.group_by ?? "")}`}"
    >
      <table>
        <thead>
          <tr>
            <th scope="col">${own.group}</th>
            <th scope="col">${own.value}</th>
            <th scope="col">${own.change}</th>
          </tr>
        </thead>
        <tbody>
          ${figure.groups.map(
            (group) =>
              html`<tr>
                <th scope="row">${group.group}</th>
                <td>${group.formatted}</td>
                <td>${customChangeText(group, texts)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** On what a value rests, if that is few or not to be seen. */
function asideOf(figure: CustomFigure, own: Words, locale: Locale, texts: ReportContext["texts"]): Fragment {
  if (figure.reason === "not_additive") return html`<p class="aside">${own.notAdditive}</p>`;
  const count = (value: number | null): string => formatCount(Math.round(value ?? 0), locale);
  if (figure.kind === "duration") return html`<p class="aside">${own.samples(count(figure.denominator))}</p>`;
  const isFew = figure.low_sample && figure.unit === "percent" && figure.denominator !== 0;
  return isFew && html`<p class="aside">${texts.lowSample(count(figure.numerator), count(figure.denominator))}</p>`;
}

/** The change against the period before, in words with an arrow: not by colour. */
export function customChangeText({ change }: ComparedMetric, texts: ReportContext["texts"]): string {
  if (change === null) return texts.nothingToCompare;
  const amount = unsigned(change.formatted);
  const points = change.unit === "percentage_points" ? ` ${texts.points}` : "";
  if (change.direction === "same") return `＝ ${texts.unchanged}`;
  return change.direction === "up" ? `▲ ${texts.changeUp(amount + points)}` : `▼ ${texts.changeDown(amount + points)}`;
}
