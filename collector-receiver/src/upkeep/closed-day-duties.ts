import { keepAgentDays } from "./keep-agent-days.ts";
import { keepResolutionDays } from "./keep-resolution-days.ts";

/** What is kept of days that are over, each kind a duty; a call keeps some days, and says which. */
export const closedDayDuties = [
  { duty: "resolution-days", keep: keepResolutionDays },
  { duty: "agent-days", keep: keepAgentDays },
] as const;

/** Calls for one tenant in one round. */
export const maxJudgements = 12;
