import { dateOf, demandOf, isCampaign, startOfDay, weekday, type DayNumber } from "./sample-calendar.ts";

/** What makes a day of the sample shop unlike others, as factors of an ordinary one. */
export interface SampleConditions {
  readonly responseTimes: number;
  readonly failedLookUps: number;
  readonly escalations: number;
  readonly waits: number;
}

/** Every month the chatbot is released on this day; the release of each third month is a bad one, mended two days later. */
const releaseDay = 7;
const mendedDay = 9;
const firstMonth = 2025 * 12;

export function conditionsOf(day: DayNumber): SampleConditions {
  const isBad = isBadRelease(day);
  const isWeekend = weekday(day) === 0 || weekday(day) === 6;
  return {
    responseTimes: isBad ? 2.3 : 1,
    failedLookUps: isBad ? 7 : 1,
    escalations: isBad ? 1.9 : 1,
    // Fewer agents at weekends, more customers in campaigns, and both at once with a bad release.
    waits: (isWeekend ? 1.5 : 1) * (isCampaign(day) ? 1.7 : 1) * (isBad ? 1.8 : 1) * Math.sqrt(demandOf(day) / 1.5),
  };
}

/** `2.22.1`: the version of the chatbot that serves on a day. */
export function versionOf(day: DayNumber): string {
  const { month, dayOfMonth } = partsOf(day);
  const release = month - firstMonth - (dayOfMonth < releaseDay ? 1 : 0);
  const isMended = isBadMonth(firstMonth + release) && !(dayOfMonth >= releaseDay && dayOfMonth < mendedDay);
  return `2.${release}.${isMended ? 1 : 0}`;
}

/** What somebody of the shop would write beside its charts, in the order of time. */
export function sampleNotes(
  firstDay: DayNumber,
  lastDay: DayNumber,
): { readonly atMs: number; readonly text: string }[] {
  const notes: { atMs: number; text: string }[] = [];
  for (let day = firstDay; day <= lastDay; day++) {
    const noon = startOfDay(day) + 12 * 3_600_000;
    const { month, dayOfMonth } = partsOf(day);
    if (isBadMonth(month) && dayOfMonth === mendedDay) notes.push({ atMs: noon, text: "look-ups mended 修复查询故障" });
    if (isCampaign(day) && !isCampaign(day - 1)) notes.push({ atMs: noon, text: "Members' days 会员日活动" });
  }
  return notes;
}

function isBadRelease(day: DayNumber): boolean {
  const { month, dayOfMonth } = partsOf(day);
  return isBadMonth(month) && dayOfMonth >= releaseDay && dayOfMonth < mendedDay;
}

/** February, May, August and November. */
const isBadMonth = (month: number): boolean => month % 3 === 1;

/** Months counted from the year 0, from 0 for January. */
function partsOf(day: DayNumber): { readonly month: number; readonly dayOfMonth: number } {
  const [year, month, dayOfMonth] = dateOf(day).split("-").map(Number) as [number, number, number];
  return { month: year * 12 + month - 1, dayOfMonth };
}
