/**
 * Days of the sample shop: its business day is Asia/Shanghai, UTC+8 all year (China has had no
 * daylight saving time since 1991), its customers live in Europe and America.
 */

const dayMs = 86_400_000;
const shanghaiOffsetMs = 8 * 3_600_000;

/** Number of a business day, counted from 1970-01-01. */
export type DayNumber = number;

export const dayOf = (timeMs: number): DayNumber => Math.floor((timeMs + shanghaiOffsetMs) / dayMs);
/** Start of a business day, in ms since 1970-01-01 UTC. */
export const startOfDay = (day: DayNumber): number => day * dayMs - shanghaiOffsetMs;
/** `20251225`, as it stands in session ids. */
export const compactDate = (day: DayNumber): string => dateOf(day).replaceAll("-", "");
/** `2025-12-25`. */
export const dateOf = (day: DayNumber): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** First business day of the month that lies `months` before the one of this time. */
export function firstDayOfMonth(timeMs: number, months: number): DayNumber {
  const [year, month] = dateOf(dayOf(timeMs)).split("-").map(Number) as [number, number];
  return Date.UTC(year, month - 1 - months, 1) / dayMs;
}

/** `2025-12`, of the month that lies `months` before the one of this time. */
export const monthOf = (timeMs: number, months: number): string => dateOf(firstDayOfMonth(timeMs, months)).slice(0, 7);

/** 0 is Sunday. */
export const weekday = (day: DayNumber): number => (day + 4) % 7;

/** Days of the shop's year that are not like others: how many customers come, how many agents work. */
const seasons: readonly { from: string; to: string; demand: number; staff: number }[] = [
  { from: "01-01", to: "01-02", demand: 0.7, staff: 0.5 },
  { from: "05-01", to: "05-05", demand: 1.1, staff: 0.5 },
  { from: "10-01", to: "10-07", demand: 1, staff: 0.5 },
  { from: "11-09", to: "11-12", demand: 1.6, staff: 1.3 },
  { from: "12-15", to: "12-23", demand: 1.35, staff: 1.2 },
  { from: "12-24", to: "12-26", demand: 0.6, staff: 0.75 },
  { from: "12-27", to: "12-31", demand: 0.9, staff: 0.75 },
];

/** Black Friday to Cyber Monday: from the day after the fourth Thursday of November. */
function isBlackFridayWeekend(day: DayNumber): boolean {
  const year = Number(dateOf(day).slice(0, 4));
  const november = Date.UTC(year, 10, 1) / dayMs;
  const fourthThursday = november + ((4 - weekday(november) + 7) % 7) + 21;
  return day > fourthThursday && day <= fourthThursday + 4;
}

/** Customers rest on working days less than one would think: the weekend is the busiest. */
const demandByWeekday = [1.18, 1.02, 0.93, 0.9, 0.92, 0.98, 1.14] as const;
/** Share of the team at work: five days a week of six people are four to five a day. */
const staffByWeekday = [0.5, 0.67, 0.67, 0.67, 0.67, 0.67, 0.5] as const;
/** Three days of each month on which members pay less. */
const campaign = { from: "16", to: "18", demand: 1.5 } as const;

const season = (day: DayNumber) => {
  const monthDay = dateOf(day).slice(5);
  return seasons.find(({ from, to }) => monthDay >= from && monthDay <= to);
};

/**
 * How busy a day is, 1 being an ordinary one of January 2025: rhythm of the week, season, and a
 * growth of 3 of those 100 points a month, so that a day is the same whenever it is generated.
 */
export function demandOf(day: DayNumber): number {
  const monthsOfGrowth = Math.max(0, (day - Date.UTC(2025, 0, 1) / dayMs) / 30.44);
  const ordinary = isCampaign(day) ? campaign.demand : 1;
  const special = isBlackFridayWeekend(day) ? 2 : (season(day)?.demand ?? ordinary);
  return demandByWeekday[weekday(day)]! * special * (1 + 0.03 * monthsOfGrowth);
}

/** Members' days. */
export function isCampaign(day: DayNumber): boolean {
  const dayOfMonth = dateOf(day).slice(8);
  return dayOfMonth >= campaign.from && dayOfMonth <= campaign.to;
}

/** Share of the team at work on a day, 0 to 1. */
export const staffOf = (day: DayNumber): number => staffByWeekday[weekday(day)]! * (season(day)?.staff ?? 1);

/** When customers of Europe and America write, by the hour in Shanghai. */
export const demandByHour = [
  5, 4, 3, 2, 1.5, 1.2, 1, 1.2, 1.6, 2, 2.4, 2.6, 2.6, 3, 3.6, 4.6, 5.6, 6.2, 6.4, 6.2, 6.4, 6.8, 6.6, 6,
] as const;
