import type { QueryVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { choiceVariable } from "./choice-variable.ts";
import { allChannels, channelVariableQuery } from "../sql/segment-query.ts";

/** Chooses a channel, or all. */
export function channelVariable(context: BoardContext): QueryVariableBuilder {
  const all = say(context, { en: "all", zh: "全部" });
  const label = say(context, { en: "Channel", zh: "渠道" });
  return choiceVariable("channel", label, channelVariableQuery(all), { text: all, value: allChannels });
}
