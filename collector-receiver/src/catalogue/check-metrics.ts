import { findEventDefinition } from "@spanledger/sdk/event-catalogue";
import type { LocalText } from "./local-text.ts";
import type { MetricUnit } from "./metric-unit.ts";
import { checkGroupValues, identifiers, isOfType, longestValue, mostValues } from "./check-events.ts";
import { customQuantiles, groupHistogram, otherGroup, quantileKey } from "./custom-definitions.ts";
import type {
  CustomAttribute,
  CustomEvent,
  CustomGroups,
  CustomMetric,
  CustomRatio,
  CustomValue,
} from "./custom-definitions.ts";
import { describe } from "./problem-list.ts";
import type { Fields, ProblemList } from "./problem-list.ts";

type Path = readonly string[];
type Attributes = Readonly<Record<string, Pick<CustomAttribute, "type" | "unit" | "values" | "maximum">>>;

const mostMetrics = 200;
/** With `_p50_ms`, a key fits the 50 characters of `analytics_duration_histograms.metric`. */
const metricKey = /^[a-z][a-z0-9_]{0,39}$/;
const histogramLength = 50;
const kinds = ["count", "sum", "sessions", "duration", "ratio"] as const;
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const sumUnits = ["count", "currency", "ms", "s", "min", "h"] as const satisfies readonly MetricUnit[];
const ratioUnits = ["percent", "ratio", "currency", "ms", "s", "min", "h"] as const satisfies readonly MetricUnit[];
const mostDecimals = 6;
const texts = ["kind", "en", "zh", "meaning"];

/** Checks the metrics of a config against its events and the catalogue; what is wrong goes to `list`. */
export function checkMetrics(
  input: unknown,
  events: Readonly<Record<string, CustomEvent>>,
  reservedKeys: ReadonlySet<string>,
  list: ProblemList,
): Record<string, CustomMetric> {
  const metrics: Record<string, CustomMetric> = {};
  const given = list.object(input, ["metrics"]) ?? {};
  if (Object.keys(given).length > mostMetrics) {
    list.add(["metrics"], `has ${Object.keys(given).length} metrics`, `Define at most ${mostMetrics}`);
  }
  for (const [key, value] of Object.entries(given)) {
    const path = ["metrics", key];
    checkKey(key, path, given, reservedKeys, list);
    const fields = list.object(value, path);
    if (fields === undefined) continue;
    const kind = list.oneOf(fields, "kind", path, kinds);
    if (fields["kind"] === undefined) list.add(path, "has no kind", `Write one of ${kinds.join(", ")}`);
    if (kind === undefined) continue;
    const metric =
      kind === "ratio" ? checkRatio(fields, path, list) : checkCounted(key, kind, fields, path, events, list);
    if (metric !== undefined) metrics[key] = metric;
  }
  for (const [key, metric] of Object.entries(metrics)) {
    if (metric.kind === "ratio") checkTerms(key, metric, metrics, given, list);
  }
  return metrics;
}

function checkKey(key: string, path: Path, given: Fields, reservedKeys: ReadonlySet<string>, list: ProblemList): void {
  if (!metricKey.test(key)) {
    const remedy = "Use a lower-case letter, then letters, digits and underscores, at most 40, such as orders_paid";
    list.add(path, "is no key for a metric", remedy);
  }
  if ([key, ...customQuantiles.map((percent) => quantileKey(key, percent))].some((one) => reservedKeys.has(one))) {
    list.add(path, "is a metric of the dictionary", "Choose another key");
  }
  const stem = /^(.+)_p(?:50|90|99)_ms$/.exec(key)?.[1];
  if (stem !== undefined && (given[stem] as Fields | undefined)?.["kind"] === "duration") {
    list.add(path, `is what a quantile of ${stem} is called`, "Choose another key");
  }
}

function checkTexts(fields: Fields, path: Path, list: ProblemList): LocalText & { meaning?: LocalText } {
  const names = { en: list.text(fields, "en", path), zh: list.text(fields, "zh", path) };
  if (fields["meaning"] === undefined) return names;
  const at = [...path, "meaning"];
  const meaning = list.object(fields["meaning"], at, ["en", "zh"]) ?? {};
  return { ...names, meaning: { en: list.text(meaning, "en", at), zh: list.text(meaning, "zh", at) } };
}

function checkRatio(fields: Fields, path: Path, list: ProblemList): CustomRatio | undefined {
  list.object(fields, path, [...texts, "numerator", "denominator", "unit"]);
  return {
    kind: "ratio",
    ...checkTexts(fields, path, list),
    numerator: list.text(fields, "numerator", path),
    denominator: list.text(fields, "denominator", path),
    unit: list.oneOf(fields, "unit", path, ratioUnits) ?? "percent",
  };
}

/** The terms of a ratio have to be numbers that are counted. */
function checkTerms(
  key: string,
  ratio: CustomRatio,
  metrics: Readonly<Record<string, CustomMetric>>,
  given: Fields,
  list: ProblemList,
): void {
  const usable = Object.keys(metrics).filter((one) => ["count", "sum", "sessions"].includes(metrics[one]?.kind ?? ""));
  for (const term of ["numerator", "denominator"] as const) {
    const named = ratio[term];
    // A metric that is wrong in itself is named already.
    if (named === "" || usable.includes(named) || (metrics[named] === undefined && given[named] !== undefined))
      continue;
    const what = metrics[named] === undefined ? "which is not defined" : `which is a ${metrics[named].kind}`;
    const remedy =
      usable.length === 0 ? "Define a count, a sum or sessions first" : `Name one of ${usable.slice(0, 12).join(", ")}`;
    list.add(["metrics", key, term], `is "${named}", ${what}`, remedy);
  }
}

function checkCounted(
  key: string,
  kind: Exclude<(typeof kinds)[number], "ratio">,
  fields: Fields,
  path: Path,
  events: Readonly<Record<string, CustomEvent>>,
  list: ProblemList,
): CustomMetric | undefined {
  const own = kind === "sum" ? ["attribute", "unit", "decimals"] : kind === "duration" ? ["attribute"] : [];
  list.object(fields, path, [...texts, "event", "where", "groupBy", ...own]);
  const names = checkTexts(fields, path, list);
  const event = fields["event"];
  const attributes = attributesOf(event, events);
  if (typeof event !== "string" || attributes === undefined) {
    const known = Object.keys(events);
    const remedy = `Name ${known.length === 0 ? "" : `one of ${known.slice(0, 12).join(", ")}, or `}an event of the catalogue`;
    if (event === undefined) list.add(path, "has no event", remedy);
    else list.add([...path, "event"], `is ${describe(event)}, which is not defined`, remedy);
    return undefined;
  }
  const where = checkWhere(fields["where"], [...path, "where"], attributes, list);
  const groupBy = checkGroups(fields["groupBy"], [...path, "groupBy"], attributes, list);
  const counted = { ...names, event, ...(where && { where }), ...(groupBy && { groupBy }) };
  if (kind === "count" || kind === "sessions") return { kind, ...counted };
  const attribute = checkNumber(fields, path, attributes, list);
  if (attribute === undefined) return undefined;
  const definition = attributes[attribute] as CustomAttribute;
  const unit = definition.unit ?? "";
  if (kind === "sum") {
    const decimals = list.number(fields, "decimals", path) ?? (definition.type === "int" ? 0 : 2);
    if (!Number.isInteger(decimals) || decimals < 0 || decimals > mostDecimals) {
      list.add([...path, "decimals"], `is ${decimals}`, `Write a whole number from 0 to ${mostDecimals}`);
    }
    const ofTime = timeUnits[unit] === undefined ? "count" : (unit as MetricUnit);
    return { kind, ...counted, attribute, unit: list.oneOf(fields, "unit", path, sumUnits) ?? ofTime, decimals };
  }
  const unitMs = timeUnits[unit];
  if (unitMs === undefined) {
    const problem = `is "${attribute}", whose unit is ${unit === "" ? "not given" : `"${unit}"`}`;
    list.add([...path, "attribute"], problem, "A duration needs an attribute with the unit ms, s, min or h");
    return undefined;
  }
  checkHistogramNames(key, groupBy, path, list);
  return { kind, ...counted, attribute, unitMs };
}

function attributesOf(event: unknown, events: Readonly<Record<string, CustomEvent>>): Attributes | undefined {
  if (typeof event !== "string") return undefined;
  if (Object.hasOwn(events, event)) return events[event]?.attributes;
  return findEventDefinition(event)?.attributes;
}

/** The attribute that is added up, or whose duration is kept. */
function checkNumber(fields: Fields, path: Path, attributes: Attributes, list: ProblemList): string | undefined {
  const usable = Object.keys(attributes).filter(
    (name) => ["int", "double"].includes(attributes[name]?.type ?? "") && !identifiers.has(name),
  );
  const attribute = fields["attribute"];
  if (typeof attribute === "string" && usable.includes(attribute)) return attribute;
  const remedy =
    usable.length === 0 ? "Give the event a number first" : `Numbers of the event are ${usable.join(", ")}`;
  if (attribute === undefined) list.add(path, "has no attribute", remedy);
  else list.add([...path, "attribute"], `is ${describe(attribute)}, and no number of the event`, remedy);
  return undefined;
}

function checkWhere(input: unknown, path: Path, attributes: Attributes, list: ProblemList) {
  if (input === undefined) return undefined;
  const where: Record<string, readonly CustomValue[]> = {};
  for (const [name, wanted] of Object.entries(list.object(input, path) ?? {})) {
    const definition = checkNamed(name, [...path, name], attributes, list);
    if (definition === undefined) continue;
    const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    const wrong = values.find((value) => !isOfType(value, definition.type));
    const isTooLong = values.some((value) => typeof value === "string" && value.length > longestValue);
    if (values.length === 0 || values.length > mostValues || wrong !== undefined || isTooLong) {
      const remedy = `Write 1 to ${mostValues} values of type ${definition.type}, texts of at most ${longestValue} characters`;
      list.add([...path, name], `is ${describe(wanted)}`, remedy);
    } else where[name] = values as CustomValue[];
  }
  return Object.keys(where).length > 0 ? where : undefined;
}

/** An attribute of the event by which events may be told apart. */
function checkNamed(name: string, path: Path, attributes: Attributes, list: ProblemList) {
  const usable = Object.keys(attributes).filter((one) => !identifiers.has(one));
  const definition = Object.hasOwn(attributes, name) && !identifiers.has(name) ? attributes[name] : undefined;
  if (definition !== undefined) return definition;
  const problem = identifiers.has(name)
    ? `"${name}" names a person or a case`
    : `"${name}" is no attribute of the event`;
  list.add(path, problem, usable.length === 0 ? "Define attributes first" : `Its attributes are ${usable.join(", ")}`);
  return undefined;
}

function checkGroups(input: unknown, path: Path, attributes: Attributes, list: ProblemList): CustomGroups | undefined {
  if (input === undefined) return undefined;
  const isName = typeof input === "string";
  const fields = isName ? { attribute: input } : list.object(input, path, ["attribute", "values"]);
  if (fields === undefined) return undefined;
  const attribute = fields["attribute"];
  if (typeof attribute !== "string") {
    list.add(path, `is ${describe(input)}`, "Name an attribute, or write { attribute, values }");
    return undefined;
  }
  const definition = checkNamed(attribute, isName ? path : [...path, "attribute"], attributes, list);
  if (definition === undefined) return undefined;
  if (definition.type === "boolean") return { attribute, values: ["true", "false"] };
  if (definition.type !== "string") {
    list.add(path, `is "${attribute}", a number`, "Group by a text with declared values, or by a boolean");
    return undefined;
  }
  if (!isName && fields["values"] !== undefined) {
    const values = checkGroupValues(fields["values"], [...path, "values"], list);
    return values && { attribute, values };
  }
  if (definition.values !== undefined) return { attribute, values: definition.values };
  const remedy = `Give the attribute \`values\`, or write groupBy: { attribute: "${attribute}", values: […] }: each value is a row a day, the rest is "${otherGroup}"`;
  list.add(path, `is "${attribute}", which may be any text`, remedy);
  return undefined;
}

function checkHistogramNames(key: string, groupBy: CustomGroups | undefined, path: Path, list: ProblemList): void {
  const names = [...(groupBy?.values ?? []), otherGroup].map((group) => groupHistogram(key, group));
  const tooLong = groupBy && names.find((name) => name.length > histogramLength);
  if (tooLong === undefined) return;
  const remedy = `Shorten the key or the value: with a colon between them, at most ${histogramLength} characters`;
  list.add([...path, "groupBy"], `gives the histogram "${tooLong}", ${tooLong.length} characters`, remedy);
}
