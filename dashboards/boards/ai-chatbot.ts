import { VizOrientation } from "@grafana/grafana-foundation-sdk/common";
import { say } from "../board-context.ts";
import { addRemainingFigures } from "./add-remaining-figures.ts";
import type { BoardContext } from "../board-context.ts";
import { aiFigurePanel, aiModelsPanel, aiSeriesPanel } from "../panels/ai-panels.ts";
import { describeHealth, describeMetrics } from "../panels/describe-figures.ts";
import type { HealthFigure } from "../panels/health-figures.ts";
import { figurePanel, quantileFigurePanel, quantilesOf } from "../panels/figure-panels.ts";
import { hourPanel } from "../panels/hour-panel.ts";
import { channelFigurePanel, channelSeriesPanel, channelTablePanel } from "../panels/segment-panels.ts";
import { barPanel, daySeriesPanel, quantileSeriesPanel } from "../panels/series-panels.ts";
import { SqlTarget } from "../panels/sql-target.ts";
import { introductionPanel } from "../panels/table-panels.ts";
import { attributeQuery } from "../sql/attribute-query.ts";
import { distributionQuery } from "../sql/duration-query.ts";
import type { DurationRange } from "../sql/duration-query.ts";
import type { Board, BoardRow, PanelBuilder } from "./compose-board.ts";
import { channelVariable } from "./channel-variable.ts";
import { outcomesPanel } from "./outcomes-panel.ts";
import { boardAnnotations } from "./board-annotations.ts";

/** Where people feel a difference: under half a second is at once, over ten they have gone. */
const responseRanges: readonly DurationRange[] = [
  { below: 500, label: "< 0.5 s" },
  { below: 1000, label: "0.5–1 s" },
  { below: 2000, label: "1–2 s" },
  { below: 3000, label: "2–3 s" },
  { below: 5000, label: "3–5 s" },
  { below: 10_000, label: "5–10 s" },
  { below: 30_000, label: "10–30 s" },
  { below: null, label: "≥ 30 s" },
];

/** Sessions, answers and queries of the chatbot. */
export function chatbotBoard(context: BoardContext): Board {
  return {
    name: "ai-chatbot",
    description: { en: "Sessions, answers and queries of the AI chatbot.", zh: "AI 客服的会话、回复与查询。" },
    introduction: introductionPanel(context, {
      en: "Session figures belong to the day on which the session started; messages and queries to the day on which they happened. A session has ended when the product said so, or when it has been silent for the idle timeout: the latter is called *assumed*.",
      zh: "会话类指标计入会话开始的业务日；消息和查询计入发生的业务日。会话在产品明确结束，或静默超过空闲超时后视为结束；后者称为“推定”。",
    }),
    variables: [channelVariable(context)],
    annotations: boardAnnotations(context),
    rows: addRemainingFigures(
      context,
      "ai_chatbot",
      [
        {
          title: { en: "Sessions", zh: "会话" },
          panels: [
            figurePanel(context, "total_sessions", 6, "data-quality"),
            figurePanel(context, "unique_customers", 6, "data-quality"),
            figurePanel(context, "ai_resolved_sessions", 6, "data-quality"),
            figurePanel(context, "ai_resolution_rate", 6, "data-quality"),
            figurePanel(context, "escalated_sessions", 6, "agent-workbench"),
            figurePanel(context, "escalation_rate", 6, "agent-workbench"),
            figurePanel(context, "sessions_ended", 6, "data-quality"),
            figurePanel(context, "sessions_ended_idle", 6, "data-quality"),
            figurePanel(context, "sessions_open", 6, "data-quality"),
            figurePanel(context, "estimated_cost_saved", 6, "data-quality"),
            outcomesPanel(context, 24),
            hourPanel(context, 24, "data-quality"),
            daySeriesPanel(context, {
              title: { en: "How sessions ended", zh: "会话结束方式" },
              metrics: ["sessions_ended", "sessions_ended_idle", "sessions_open"],
              width: 8,
              next: "data-quality",
              style: "stacked",
            }),
            daySeriesPanel(context, {
              title: { en: "Resolution and escalation rate", zh: "解决率与转人工率" },
              metrics: ["ai_resolution_rate", "escalation_rate"],
              width: 8,
              next: "data-quality",
            }),
            escalationReasons(context),
          ],
        },
        channelRow(context),
        {
          title: { en: "Answers", zh: "回复" },
          panels: [
            figurePanel(context, "total_messages", 6, "data-quality"),
            figurePanel(context, "responses_timed", 6, "data-quality"),
            figurePanel(context, "avg_response_time_ms", 6, "data-quality"),
            quantileFigurePanel(
              context,
              "response_time",
              { en: "Response time", zh: "响应时间分位" },
              6,
              "data-quality",
            ),
            quantileSeriesPanel(
              context,
              "response_time",
              { en: "Response time by day", zh: "每日响应时间" },
              12,
              "data-quality",
            ),
            responseDistribution(context),
          ],
        },
        {
          title: { en: "Order and tracking queries", zh: "订单与物流查询" },
          panels: [
            figurePanel(context, "order_queries_success", 6, "data-quality"),
            figurePanel(context, "order_queries_failed", 6, "data-quality"),
            figurePanel(context, "order_query_success_rate", 6, "data-quality"),
            figurePanel(context, "tracking_queries_success", 6, "data-quality"),
            figurePanel(context, "tracking_queries_failed", 6, "data-quality"),
            figurePanel(context, "tracking_query_success_rate", 6, "data-quality"),
            daySeriesPanel(context, {
              title: { en: "Queries by day", zh: "每日查询" },
              metrics: [
                "order_queries_success",
                "order_queries_failed",
                "tracking_queries_success",
                "tracking_queries_failed",
              ],
              width: 12,
              next: "data-quality",
              style: "stacked",
            }),
            daySeriesPanel(context, {
              title: { en: "Success rate by day", zh: "每日查询成功率" },
              metrics: ["order_query_success_rate", "tracking_query_success_rate"],
              width: 12,
              next: "data-quality",
            }),
          ],
        },
        {
          title: { en: "What the AI costs", zh: "AI 花费" },
          collapsed: true,
          panels: [
            aiFigurePanel(context, "ai_spend", 6, "data-quality"),
            aiFigurePanel(context, "net_saved", 6, "data-quality"),
            aiFigurePanel(context, "ai_spend_per_ai_resolved_session", 6, "data-quality"),
            aiFigurePanel(context, "ai_return", 6, "data-quality"),
            aiFigurePanel(context, "ai_calls", 6, "data-quality"),
            aiFigurePanel(context, "ai_input_tokens", 6, "data-quality"),
            aiFigurePanel(context, "ai_output_tokens", 6, "data-quality"),
            aiFigurePanel(context, "ai_call_error_rate", 6, "data-quality"),
            aiSeriesPanel(context, {
              title: { en: "Spend and net saving by day", zh: "每日花费与净节省" },
              metrics: ["ai_spend", "net_saved"],
              width: 12,
              next: "data-quality",
            }),
            quantileSeriesPanel(
              context,
              "ai_call_time",
              { en: "Duration of calls by day", zh: "每日模型调用耗时" },
              12,
              "data-quality",
            ),
            aiModelsPanel(context, { en: "Calls by model", zh: "各模型的调用" }, 24, "data-quality"),
          ],
        },
        {
          title: { en: "More durations", zh: "更多耗时" },
          collapsed: true,
          panels: [
            quantileSeriesPanel(
              context,
              "first_token",
              { en: "Time to first token", zh: "首字时间" },
              8,
              "data-quality",
            ),
            quantileSeriesPanel(
              context,
              "order_query_time",
              { en: "Order query time", zh: "订单查询耗时" },
              8,
              "data-quality",
            ),
            quantileSeriesPanel(
              context,
              "tracking_query_time",
              { en: "Tracking query time", zh: "物流查询耗时" },
              8,
              "data-quality",
            ),
          ],
        },
      ],
      "data-quality",
    ),
  };
}

function channelRow(context: BoardContext): BoardRow {
  return {
    title: { en: "Channel: $channel", zh: "渠道：$channel" },
    panels: [
      ...["total_sessions", "ai_resolved_sessions", "escalated_sessions", "ai_resolution_rate"].map((key) =>
        channelFigurePanel(context, key, 6, "data-quality"),
      ),
      channelSeriesPanel(context, {
        title: { en: "The channel by day", zh: "该渠道每日会话" },
        metrics: ["total_sessions", "ai_resolved_sessions", "escalated_sessions"],
        width: 12,
        next: "data-quality",
      }),
      channelTablePanel(context, {
        title: { en: "All channels", zh: "全部渠道" },
        metrics: ["total_sessions", "ai_resolution_rate", "escalation_rate", "outcome_unanswered"],
        width: 12,
        next: "data-quality",
      }),
    ],
  };
}

function responseDistribution(context: BoardContext): PanelBuilder {
  const names = {
    range: say(context, { en: "Response time", zh: "响应时间" }),
    count: say(context, { en: "Answers", zh: "回复数" }),
  };
  return barPanel(
    context,
    say(context, { en: "Distribution of response times", zh: "响应时间分布" }),
    names.range,
    12,
    "data-quality",
  )
    .description(describeMetrics(context, quantilesOf("response_time")))
    .unit("locale")
    .decimals(0)
    .withTarget(new SqlTarget(distributionQuery("response_time", responseRanges, names), "table"));
}

const escalationsByReason: HealthFigure = {
  name: { en: "Escalations by reason", zh: "转人工原因" },
  meaning: {
    en: "session.escalate events by their reason, on the day on which they happened. A session that is escalated twice counts twice. Digits fold into #; what is not a short code is other.",
    zh: "按 reason 统计的 session.escalate 事件，计入发生当日；同一会话转人工两次计两次。数字折叠为 #，不是短代码的值计为 other。",
  },
  formula: "sum(analytics_attribute_counts.events)",
  unit: "count",
  sql: "sum(events)",
};

function escalationReasons(context: BoardContext): PanelBuilder {
  const names = {
    value: say(context, { en: "Reason", zh: "原因" }),
    events: say(context, { en: "Escalations", zh: "转人工次数" }),
  };
  const sql = attributeQuery({ event: "session.escalate", attribute: "reason" }, names);
  return barPanel(context, say(context, escalationsByReason.name), names.value, 8, "agent-workbench")
    .orientation(VizOrientation.Horizontal)
    .description(describeHealth(context, [escalationsByReason]))
    .unit("locale")
    .decimals(0)
    .withTarget(new SqlTarget(sql, "table"));
}
