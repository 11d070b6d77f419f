import { completenessShare, numberedShare } from "../../stats/sql/read-completeness.ts";
import type { ReportContext } from "./report-context.ts";

/** How much of what the products recorded arrived, and on how many events that rests: "14% of events are numbered; of these 100% arrived". */
export function completenessText({ texts, material: { completeness } }: ReportContext): string {
  const share = completenessShare(completeness);
  if (share === null) return texts.completenessUnknown;
  const numbered = numberedShare(completeness);
  const arrived = share.replace(/\.00$/, "");
  return numbered === 100 ? texts.arrived(arrived) : texts.numberedArrived(String(numbered), arrived);
}
