/** Business days and their periods, computed without the receiver's calendar. */
export function localDay(ms: number, timezone: string): string {
  return new Date(ms).toLocaleDateString("sv-SE", { timeZone: timezone });
}

export function periodsOfDay(day: string): [string, string][] {
  const date = new Date(`${day}T12:00:00Z`);
  // ISO week: the week of the Thursday, counted from the week with 4 January.
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - newYear) / 86_400_000 + 1) / 7);
  return [
    ["day", day],
    ["week", `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`],
    ["month", day.slice(0, 7)],
  ];
}
