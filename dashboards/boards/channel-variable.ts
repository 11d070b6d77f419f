import { QueryVariableBuilder, VariableRefresh } from "@grafana/grafana-foundation-sdk/dashboard";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { boardDatasource } from "../panels/sql-target.ts";
import { allChannels, channelVariableQuery } from "../sql/segment-query.ts";

/** Chooses a channel, or all. */
export function channelVariable(context: BoardContext): QueryVariableBuilder {
  const all = say(context, { en: "all", zh: "全部" });
  const query = channelVariableQuery(all);
  return new QueryVariableBuilder("channel")
    .label(say(context, { en: "Channel", zh: "渠道" }))
    .datasource(boardDatasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .multi(false)
    .includeAll(false)
    .allowCustomValue(false)
    .current({ text: all, value: allChannels });
}
