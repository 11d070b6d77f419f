import type { AlertRule, BudgetAlert, ChangeAlert, GoalAlert } from "../catalogue/alert-rules.ts";
import type { LocalText } from "../catalogue/local-text.ts";
import type { Message } from "../delivery/message.ts";
import { fractionOf } from "../metrics/exact-fraction.ts";
import type { Fraction } from "../metrics/exact-fraction.ts";
import { formatCount, formatMetric, formatPercent, formatSigned } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { changeOf, wrongShare } from "../metrics/judge-alert.ts";
import type {
  AlertChange,
  AlertFacts,
  BudgetFacts,
  ChangeFacts,
  GoalFacts,
  QualityFacts,
  SilenceFacts,
} from "../metrics/judge-alert.ts";
import type { MetricDefinition } from "../metrics/metric-definition.ts";
import { metricOf } from "../metrics/metric-dictionary.ts";
import { describeInstant } from "../stats/describe-period.ts";

/** What a message says of an alert that has begun or ceased to fire. */
export interface AlertNews {
  readonly name: string;
  readonly rule: AlertRule;
  readonly facts: AlertFacts;
  readonly change: Exclude<AlertChange, null>;
  readonly currency: string;
  /** In which times of day are told. */
  readonly timezone: string;
}

type Told = Pick<Message, "title" | "sentences" | "figures">;
type Say = (en: string, zh: string) => string;

/** An alert in words. Pure. */
export function tellAlert(news: AlertNews, locale: Locale): Told {
  const say: Say = (en, zh) => (locale === "zh-CN" ? zh : en);
  const { title, sentences, figures } = tellFacts(news, locale, say);
  const isOver = news.change === "resolved";
  return {
    title: isOver ? say(`Resolved: ${title}`, `已恢复：${title}`) : title,
    sentences: [...sentences, say(`Alert "${news.name}".`, `告警“${news.name}”。`)],
    figures,
  };
}

function tellFacts(news: AlertNews, locale: Locale, say: Say): Told {
  const { facts } = news;
  switch (facts.kind) {
    case "goal":
      return tellGoal(news, facts, locale, say);
    case "change":
      return tellChange(news, facts, locale, say);
    case "silence":
      return tellSilence(news, facts, locale, say);
    case "quality":
      return tellQuality(facts, locale, say);
    case "budget":
      return tellBudget(news, facts, locale, say);
  }
}

function tellSilence(
  { change, timezone }: AlertNews,
  { lastEvent, minutes }: SilenceFacts,
  locale: Locale,
  say: Say,
): Told {
  const last = lastEvent === null ? "—" : describeInstant(Date.parse(lastEvent), timezone, locale);
  const silent = formatCount(minutes, locale);
  return {
    title: say("No events arrive", "没有收到事件"),
    sentences: [
      change === "firing"
        ? say(
            `The last event was on ${last}; since then ${silent} minutes of working time have passed.`,
            `最近一个事件发生于 ${last}，此后已过去 ${silent} 分钟工作时间。`,
          )
        : say(`Events arrive again; the last one was on ${last}.`, `已重新收到事件，最近一个发生于 ${last}。`),
    ],
    figures: [{ label: say("Last event", "最近事件"), value: last }],
  };
}

function tellQuality(facts: QualityFacts, locale: Locale, say: Say): Told {
  const { period } = facts;
  const count = (value: number): string => formatCount(value, locale);
  const [rejected, invalid, events] = [count(facts.rejected), count(facts.invalid), count(facts.events)];
  const share = formatPercent(wrongShare(facts), 2, locale);
  return {
    title: say("Events are rejected or have invalid values", "事件被拒绝或含无效值"),
    sentences: [
      say(
        // An event may have several invalid values.
        `On ${period}, ${rejected} of ${events} events were rejected, and ${invalid} values of others were invalid: together ${share} of the number of events.`,
        `${period} 的 ${events} 个事件中，${rejected} 个被拒绝，其余事件含 ${invalid} 个无效值，合计相当于事件数的 ${share}。`,
      ),
    ],
    figures: [
      { label: say("Rejected events", "被拒绝的事件"), value: rejected },
      { label: say("Invalid values", "无效的值"), value: invalid },
      { label: say("Events", "事件"), value: events },
    ],
  };
}

function tellBudget({ rule, currency }: AlertNews, facts: BudgetFacts, locale: Locale, say: Say): Told {
  const { spend, period, isAtLeast } = facts;
  const money = (value: Fraction | null): string =>
    formatMetric(value, "currency", { style: "currency", digits: 2 }, locale, currency);
  const spent = isAtLeast ? say(`at least ${money(spend)}`, `至少 ${money(spend)}`) : money(spend);
  const budget = money(fractionOf((rule as BudgetAlert).amount.toFixed(6)));
  return {
    title: say("AI spend is over its budget", "AI 花费超出预算"),
    sentences: [say(`Calls of models cost ${spent} in ${period} so far.`, `${period} 至今，模型调用花费 ${spent}。`)],
    figures: [
      { label: say("AI spend", "AI 花费"), value: spent },
      { label: say("Budget of a month", "每月预算"), value: budget },
    ],
  };
}

const textOf = (text: LocalText, locale: Locale): string => (locale === "zh-CN" ? text.zh : text.en);

function shownIn(metric: MetricDefinition, locale: Locale, currency: string): (value: Fraction | null) => string {
  return (value) => formatMetric(value, metric.unit, metric.display, locale, currency);
}

function tellGoal({ rule, currency, change }: AlertNews, facts: GoalFacts, locale: Locale, say: Say): Told {
  const metric = metricOf((rule as GoalAlert).metric);
  const shown = shownIn(metric, locale, currency);
  const { goal, measured, startDate, period } = facts;
  const days = startDate === period ? period : say(`${startDate} to ${period}`, `${startDate} 至 ${period}`);
  const name = textOf(metric.name, locale);
  const target = goal === null ? "—" : `${goal.comparison === ">=" ? "≥" : "≤"} ${shown(goal.target)}`;
  const value = shown(measured.value);
  const verdict =
    goal === null
      ? say("The goal was removed.", "目标已被删除。")
      : change === "firing"
        ? say(
            `${name} was ${value} (${days}); the goal is ${target}.`,
            `${name}为 ${value}（${days}），目标为 ${target}。`,
          )
        : say(
            `${name} was ${value} (${days}) and meets its goal of ${target} again.`,
            `${name}为 ${value}（${days}），重新达到目标 ${target}。`,
          );
  return {
    title: say(`${name} missed its goal`, `${name}未达目标`),
    sentences: [verdict, ...restsOn(measured.sample, locale, say)],
    figures: [
      { label: name, value },
      { label: say("Goal", "目标"), value: target },
    ],
  };
}

function tellChange({ rule, currency }: AlertNews, facts: ChangeFacts, locale: Locale, say: Say): Told {
  const metric = metricOf((rule as ChangeAlert).metric);
  const shown = shownIn(metric, locale, currency);
  const { now, usual, period, isPercent } = facts;
  const name = textOf(metric.name, locale);
  const by = changeOf(facts);
  const difference =
    by === null
      ? "—"
      : isPercent
        ? say(`${formatSigned(by, 1, locale)} points`, `${formatSigned(by, 1, locale)} 个百分点`)
        : formatPercent(by, 1, locale, true);
  const [value, before] = [shown(now.value), shown(usual?.value ?? null)];
  return {
    title: say(`${name} is unusual`, `${name}异常`),
    sentences: [
      say(
        `On ${period} it was ${value} (${difference}); the same weekday of the four weeks before averaged ${before}.`,
        `${period} 为 ${value}（${difference}），此前四周同一星期几平均为 ${before}。`,
      ),
      ...restsOn(now.sample, locale, say),
    ],
    figures: [
      { label: name, value },
      { label: say("Usual", "通常"), value: before },
      { label: say("Difference", "差异"), value: difference },
    ],
  };
}

function restsOn(sample: number | null, locale: Locale, say: Say): string[] {
  if (sample === null) return [];
  const count = formatCount(Math.round(sample), locale);
  return [say(`Sample size: ${count}.`, `样本数 ${count}。`)];
}
