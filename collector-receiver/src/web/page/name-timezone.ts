/** Names of Beijing's zone in the timezone database. */
const beijing = new Set(["Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC"]);

/** What people in China call a timezone, with its identifier if that says more: 北京时间; 北美东部时间（America/New_York）. */
export function nameTimezone(timezone: string): string {
  if (beijing.has(timezone)) return "北京时间";
  const parts = new Intl.DateTimeFormat("zh-CN", { timeZone: timezone, timeZoneName: "longGeneric" }).formatToParts(0);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value;
  return name === undefined || name.startsWith("GMT") ? timezone : `${name}（${timezone}）`;
}
