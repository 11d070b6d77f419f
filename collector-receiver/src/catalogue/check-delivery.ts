import { Cron } from "croner";
import { checkShape } from "./check-shape.ts";
import { reportShape, targetShapes, targetTypeShape } from "./delivery-schemas.ts";
import type { DeliveryPlan, ScheduledPeriod, ReportSchedule, Target } from "./delivery-targets.ts";
import { isFields, type ProblemList } from "./problem-list.ts";

const name = /^[a-z][a-z0-9_-]{0,39}$/;
const defaultTenants: readonly string[] = ["default"];
const defaultMinGroupSize = 10;

/** 09:00 on the first day after a period. */
const usualCron: Readonly<Record<ScheduledPeriod, string>> = {
  day: "0 9 * * *",
  week: "0 9 * * 1",
  month: "0 9 1 * *",
  quarter: "0 9 1 1,4,7,10 *",
  year: "0 9 1 1 *",
};

/** Checks targets and schedules of a config and fills in the defaults; what is wrong goes to `list`. */
export function checkDelivery(targetsInput: unknown, reportsInput: unknown, list: ProblemList): DeliveryPlan {
  const targets = Object.entries(list.object(targetsInput, ["targets"]) ?? {}).flatMap(([name, input]) => {
    const target = checkTarget(name, input, list);
    return target === undefined ? [] : [target];
  });
  // A target that is wrong is named as such, and not as missing too.
  const known = new Set(isFields(targetsInput) ? Object.keys(targetsInput) : []);
  const reports = Object.entries(list.object(reportsInput, ["reports"]) ?? {}).flatMap(([name, input]) => {
    const report = checkReport(name, input, known, list);
    return report === undefined ? [] : [report];
  });
  return { targets, reports };
}

function checkName(path: readonly [string, string], list: ProblemList): void {
  if (name.test(path[1])) return;
  list.add(path, "is not a name", "Use lower-case letters, digits, hyphens and underscores, at most 40");
}

function checkTarget(name: string, input: unknown, list: ProblemList): Target | undefined {
  const path = ["targets", name] as const;
  checkName(path, list);
  const { type } = checkShape(targetTypeShape, input, path, list) ?? {};
  if (type === undefined) return undefined;
  const before = list.problems.length;
  const fields = checkShape(targetShapes[type], input, path, list);
  if (fields === undefined || list.problems.length > before) return undefined;
  const { tenants = defaultTenants, locale = null, allowPrivate = false, ...own } = fields as TargetFields;
  if (typeof own.url === "string") checkUrl(own.url, allowPrivate, [...path, "url"], list);
  const secret = type === "email" ? {} : { secret: null };
  return { name, tenants, locale, allowsPrivate: allowPrivate, ...secret, ...own } as unknown as Target;
}

interface TargetFields {
  readonly type: Target["type"];
  readonly tenants?: readonly string[];
  readonly locale?: Target["locale"];
  readonly allowPrivate?: boolean;
  readonly url?: unknown;
}

function checkUrl(text: string, allowsPrivate: boolean, path: readonly string[], list: ProblemList): void {
  const url = URL.parse(text);
  if (url === null) return list.add(path, "is not an address", "Write https://host/path");
  if (url.username !== "" || url.password !== "") {
    list.add(path, "has a user or a password in it", 'Write { env: "NAME_OF_A_VARIABLE" }, and put the address there');
  }
  if (url.protocol === "http:" && !allowsPrivate) {
    list.add(path, "is not encrypted", "Write https://, or set allowPrivate: true for a target within your network");
  }
}

function checkReport(
  name: string,
  input: unknown,
  targets: ReadonlySet<string>,
  list: ProblemList,
): ReportSchedule | undefined {
  const path = ["reports", name] as const;
  checkName(path, list);
  const { period, cron, to, minGroupSize = defaultMinGroupSize } = checkShape(reportShape, input, path, list) ?? {};
  for (const target of (to ?? []).filter((one) => !targets.has(one))) {
    const known = targets.size === 0 ? "There are none: add targets" : `Known are ${[...targets].join(", ")}`;
    list.add([...path, "to"], `names the target ${JSON.stringify(target)}, which is not there`, known);
  }
  if (cron !== undefined) checkCron(cron, [...path, "cron"], list);
  if (period === undefined || to === undefined) return undefined;
  return { name, period, cron: cron ?? usualCron[period], to, minGroupSize };
}

function checkCron(line: string, path: readonly string[], list: ProblemList): void {
  const remedy = "Write five fields (minute, hour, day, month, weekday), such as 0 9 * * 1";
  try {
    const cron = new Cron(line, { mode: "5-part", paused: true });
    if (cron.nextRun() === null) list.add(path, `is ${JSON.stringify(line)}, which never comes`, remedy);
  } catch {
    list.add(path, `is ${JSON.stringify(line)}, which is not a cron line`, remedy);
  }
}
