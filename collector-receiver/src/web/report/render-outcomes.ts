import type { Locale } from "../../metrics/format-metric.ts";
import { outcomesOf } from "../../stats/outcome-tree.ts";
import type { OutcomeCount, OutcomeKey } from "../../stats/outcome-tree.ts";
import { describeDictionary } from "../../stats/describe-dictionary.ts";
import { leaks } from "../../stats/story-material.ts";
import { html, trusted } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { countText, describeShare, isFew } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";
import type { BehindLink } from "./render-figure.ts";

const words = {
  en: {
    title: "What became of the conversations",
    outcomes: "Outcomes",
    names: {
      total_sessions: "Conversations",
      outcome_open: "Still open",
      ended: "Ended",
      ai_resolved_sessions: "Resolved by the AI",
      ai_resolved_confirmed: "Confirmed",
      ai_resolved_assumed: "Assumed",
      with_a_human: "With a human",
      outcome_ai_assisted: "The AI and a human",
      outcome_human_only: "A human alone",
      without_solution: "Left without a solution",
      outcome_escalated_untaken: "Asked for a human and got none",
      outcome_unanswered: "Left without an answer",
      outcome_not_resolved: "Answered, not helped",
      counted_by_older_rules: "Counted by older rules",
    },
    leaks: {
      outcome_escalated_untaken: " asked for a human and got none",
      outcome_unanswered: " left without an answer",
      outcome_not_resolved: " answered but not helped",
    },
    between: "; ",
    end: ".",
    nobody: "No ended conversation was left without a solution.",
    none: "No conversation began in this period.",
    adds: "The parts of each line add up to it; shares are of all conversations.",
    definitions: "Definitions",
    behind: (name: string, count: string) => `${name}: ${count}, view conversations`,
  },
  "zh-CN": {
    title: "会话的去向",
    outcomes: "结果",
    names: {
      total_sessions: "全部会话",
      outcome_open: "仍在进行",
      ended: "已结束",
      ai_resolved_sessions: "AI 解决",
      ai_resolved_confirmed: "确认",
      ai_resolved_assumed: "推定",
      with_a_human: "人工参与",
      outcome_ai_assisted: "AI 与人工",
      outcome_human_only: "仅人工",
      without_solution: "未得到解决",
      outcome_escalated_untaken: "要求转人工但无人接手",
      outcome_unanswered: "没有得到回答",
      outcome_not_resolved: "得到回答但未解决",
      counted_by_older_rules: "按旧规则统计",
    },
    leaks: {
      outcome_escalated_untaken: " 个要求转人工但无人接手",
      outcome_unanswered: " 个没有得到回答",
      outcome_not_resolved: " 个得到回答但未解决",
    },
    between: "；",
    end: "。",
    nobody: "已结束的会话都得到了解决。",
    none: "该时期没有会话。",
    adds: "每一行的各部分之和等于该行；占比均以全部会话为分母。",
    definitions: "口径",
    behind: (name: string, count: string) => `${name}：${count}，查看会话`,
  },
} as const satisfies Record<Locale, { readonly names: Record<OutcomeKey, string>; readonly [name: string]: unknown }>;

export const outcomesTitle = (locale: Locale): string => words[locale].title;

/** A line of the tree, for a file. */
export interface OutcomeLine {
  readonly name: string;
  /** 0 for all conversations. */
  readonly depth: number;
  readonly count: string;
  readonly share: string;
  /** Percent of all conversations, one decimal. */
  readonly percent: number;
  readonly isLeak: boolean;
}

/** The tree as lines, each before its parts; none if nothing may be shown. */
export function outcomeLinesOf(context: ReportContext): OutcomeLine[] {
  const { locale, material } = context;
  const counts = outcomesOf(material.reading);
  const [all] = counts;
  if (all === undefined || all.sessions === 0 || counts.some(({ sessions }) => isFew(context, sessions))) return [];
  const linesOf = (node: OutcomeCount, depth: number): OutcomeLine[] => [
    { ...lineOf(node, all, locale), depth },
    ...(node.sessions === 0 ? [] : partsOf(node, counts).flatMap((part) => linesOf(part, depth + 1))),
  ];
  return linesOf(all, 0);
}

/** What page and file say of one class. */
function lineOf({ key, sessions }: OutcomeCount, all: OutcomeCount, locale: Locale): Omit<OutcomeLine, "depth"> {
  return {
    name: words[locale].names[key],
    count: countText(sessions, locale),
    share: describeShare(sessions, all.sessions, locale),
    percent: Math.round((sessions / all.sessions) * 1000) / 10,
    isLeak: key === "without_solution" || (leaks as readonly string[]).includes(key),
  };
}

const partsOf = ({ key }: OutcomeCount, counts: readonly OutcomeCount[]): OutcomeCount[] =>
  counts.filter((count) => count.parent === key && isShown(count));

/** What became of the conversations, as a tree whose parts add up, with those that were left without a solution in words. */
export function renderOutcomes(context: ReportContext, behind: (key: string) => readonly BehindLink[]): Html {
  const { locale, material, texts, least } = context;
  const own = words[locale];
  const counts = outcomesOf(material.reading);
  const all = counts[0];
  return html`<article class="card outcomes" id="outcomes">
    <h3>${own.outcomes}</h3>
    ${
      all === undefined
        ? html`<p class="summary">${texts.chart.missingProduct.chatbot}</p>`
        : all.sessions === 0
          ? html`<p class="summary">${own.none}</p>`
          : counts.some(({ sessions }) => isFew(context, sessions))
            ? html`<p class="summary">${texts.chart.withheld(least ?? 0)}</p>`
            : html`<p class="leaks">${renderLeaks(counts, context, behind)}</p>
                <ul class="tree">
                  ${renderNode(all, counts, context, behind)}
                </ul>
                <p class="aside">${own.adds}</p>
                <div class="foot">
                  <details>
                    <summary>${own.definitions}</summary>
                    ${renderDefinitions(counts, context)}
                  </details>
                </div>`
    }
  </article>`;
}

type Behind = (key: string) => readonly BehindLink[];

/** Nothing to be seen of a class of nothing, but for those of which that is worth knowing. */
function isShown({ key, sessions }: OutcomeCount): boolean {
  return sessions !== 0 || key !== "counted_by_older_rules";
}

function renderNode(node: OutcomeCount, counts: readonly OutcomeCount[], context: ReportContext, behind: Behind): Html {
  const { locale } = context;
  const { name, count, share, percent, isLeak } = lineOf(node, counts[0] ?? node, locale);
  const parts = partsOf(node, counts);
  return html`<li>
    <div class="node${isLeak && " leak"}">
      <span>${name}</span>
      <b>${renderCount(node, count, context, behind)}</b>
      <span class="share">${share}</span>
      ${trusted(
        `<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="all" width="100" height="4"/><rect class="part" width="${percent}" height="4"/></svg>`,
      )}
    </div>
    ${
      parts.length > 0 &&
      node.sessions !== 0 &&
      html`<ul>
        ${parts.map((part) => renderNode(part, counts, context, behind))}
      </ul>`
    }
  </li>`;
}

/** The count, which leads to its conversations; nothing is behind 0. */
function renderCount(
  { key, sessions }: OutcomeCount,
  count: string,
  { locale }: ReportContext,
  behind: Behind,
): Fragment {
  const href = sessions === 0 ? undefined : behind(key)[0]?.href;
  return href === undefined
    ? count
    : html`<a href="${href}" aria-label="${words[locale].behind(words[locale].names[key], count)}">${count}</a>`;
}

function renderLeaks(counts: readonly OutcomeCount[], context: ReportContext, behind: Behind): Fragment {
  const own = words[context.locale];
  const { aiAnswered } = context.material.reading.tenant;
  const lost = leaks
    // Where no answers are recorded, nothing says who got none.
    .filter((leak) => leak !== "outcome_unanswered" || aiAnswered)
    .map((leak) => ({ leak, count: counts.find(({ key }) => key === leak) as OutcomeCount }))
    .filter(({ count }) => count.sessions > 0);
  if (lost.length === 0) {
    const isNone = (key: OutcomeKey): boolean => counts.every((count) => count.key !== key || count.sessions === 0);
    // Older rules did not tell who got a solution.
    const isNobody = !isNone("ended") && isNone("without_solution") && isNone("counted_by_older_rules");
    return isNobody ? own.nobody : null;
  }
  return [
    ...lost.map(
      ({ leak, count }, place) =>
        html`${place > 0 && own.between}<b>${renderCount(count, countText(count.sessions, context.locale), context, behind)}</b>${own.leaks[leak]}`,
    ),
    own.end,
  ];
}

/** What the classes mean, from the dictionary. */
function renderDefinitions(counts: readonly OutcomeCount[], { locale }: ReportContext): Html {
  const meanings = new Map(describeDictionary(locale).map(({ key, meaning }) => [key, meaning]));
  return html`<dl>
    ${counts.filter(isShown).map(({ key }) => {
      const meaning = meanings.get(key);
      return (
        meaning !== undefined &&
        html`<dt>${words[locale].names[key]}</dt>
          <dd>${meaning}</dd>`
      );
    })}
  </dl>`;
}
