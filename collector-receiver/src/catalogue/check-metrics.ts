import { findEventDefinition } from "@spanledger/sdk/event-catalogue";
import type { Static } from "typebox";
import { checkGroupValues, identifiers, isOfType, namesOf } from "./check-events.ts";
import { checkShape } from "./check-shape.ts";
import { customQuantiles, groupHistogram, otherGroup, quantileKey } from "./custom-definitions.ts";
import type {
  CustomAttribute,
  CustomEvent,
  CustomGroups,
  CustomMetric,
  CustomRatio,
  CustomValue,
} from "./custom-definitions.ts";
import { groupsShape, kindShape, maxMetrics, maxValueLength, maxValues, metricShapes } from "./definition-schemas.ts";
import type { LocalText } from "./local-text.ts";
import type { MetricUnit } from "./metric-unit.ts";
import { describe } from "./problem-list.ts";
import type { Fields, ProblemList } from "./problem-list.ts";

type Path = readonly string[];
type Attributes = Readonly<Record<string, Pick<CustomAttribute, "type" | "unit" | "values" | "maximum">>>;
type Kind = keyof typeof metricShapes;
type CountedKind = Exclude<Kind, "ratio">;
/** All fields of counted metrics. A metric's kind decides which of them it may have. */
type CountedFields = Omit<Partial<Static<(typeof metricShapes)["sum"]>>, "kind">;

/** With `_p50_ms`, a key fits the 50 characters of `analytics_duration_histograms.metric`. */
const metricKey = /^[a-z][a-z0-9_]{0,39}$/;
const maxHistogramLength = 50;
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** Checks the metrics of a config against its events and the catalogue; what is wrong goes to `list`. */
export function checkMetrics(
  input: unknown,
  events: Readonly<Record<string, CustomEvent>>,
  reservedKeys: ReadonlySet<string>,
  list: ProblemList,
): Record<string, CustomMetric> {
  const metrics: Record<string, CustomMetric> = {};
  const given = list.object(input, ["metrics"]) ?? {};
  if (Object.keys(given).length > maxMetrics) {
    list.add(["metrics"], `has ${Object.keys(given).length} metrics`, `Define at most ${maxMetrics}`);
  }
  for (const [key, value] of Object.entries(given)) {
    const path = ["metrics", key];
    checkKey(key, path, given, reservedKeys, list);
    const kind = checkShape(kindShape, value, path, list)?.kind;
    if (kind === undefined) continue;
    const metric =
      kind === "ratio" ? checkRatio(value, path, list) : checkCounted(key, kind, value, path, events, list);
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
    list.add(path, "is not a key for a metric", remedy);
  }
  if ([key, ...customQuantiles.map((percent) => quantileKey(key, percent))].some((one) => reservedKeys.has(one))) {
    list.add(path, "is a metric of the dictionary", "Choose another key");
  }
  const stem = /^(.+)_p(?:50|90|99)_ms$/.exec(key)?.[1];
  if (stem !== undefined && (given[stem] as Fields | undefined)?.["kind"] === "duration") {
    list.add(path, `is what a quantile of ${stem} is called`, "Choose another key");
  }
}

function textsOf(fields: Pick<CountedFields, "en" | "zh" | "meaning">): LocalText & { meaning?: LocalText } {
  return { ...namesOf(fields), ...(fields.meaning && { meaning: namesOf(fields.meaning) }) };
}

function checkRatio(value: unknown, path: Path, list: ProblemList): CustomRatio | undefined {
  const fields = checkShape(metricShapes.ratio, value, path, list);
  if (fields === undefined) return undefined;
  const { numerator = "", denominator = "", unit = "percent" } = fields;
  return {
    kind: "ratio",
    ...textsOf(fields),
    numerator: numerator.trim(),
    denominator: denominator.trim(),
    unit,
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
  kind: CountedKind,
  value: unknown,
  path: Path,
  events: Readonly<Record<string, CustomEvent>>,
  list: ProblemList,
): CustomMetric | undefined {
  const fields: CountedFields | undefined = checkShape(metricShapes[kind], value, path, list);
  const event = fields?.event;
  if (fields === undefined || event === undefined) return undefined;
  const attributes = attributesOf(event, events);
  if (attributes === undefined) {
    const known = Object.keys(events);
    const remedy = `Name ${known.length === 0 ? "" : `one of ${known.slice(0, 12).join(", ")}, or `}an event of the catalogue`;
    list.add([...path, "event"], `is ${describe(event)}, which is not defined`, remedy);
    return undefined;
  }
  const where = checkWhere(fields.where, [...path, "where"], attributes, list);
  const groupBy = checkGroups(fields.groupBy, [...path, "groupBy"], attributes, list);
  const counted = { ...textsOf(fields), event, ...(where && { where }), ...(groupBy && { groupBy }) };
  if (kind === "count" || kind === "sessions") return { kind, ...counted };
  const { attribute } = fields;
  if (attribute === undefined) return undefined;
  const definition = checkNumber(attribute, [...path, "attribute"], attributes, list);
  if (definition === undefined) return undefined;
  const unit = definition.unit ?? "";
  if (kind === "sum") {
    const ofTime = timeUnits[unit] === undefined ? "count" : (unit as MetricUnit);
    const decimals = fields.decimals ?? (definition.type === "int" ? 0 : 2);
    return { kind, ...counted, attribute, unit: fields.unit ?? ofTime, decimals };
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

function attributesOf(event: string, events: Readonly<Record<string, CustomEvent>>): Attributes | undefined {
  if (Object.hasOwn(events, event)) return events[event]?.attributes;
  return findEventDefinition(event)?.attributes;
}

/** @returns the definition of the attribute that is added up, or whose duration is kept */
function checkNumber(attribute: string, path: Path, attributes: Attributes, list: ProblemList) {
  const usable = Object.keys(attributes).filter(
    (name) => ["int", "double"].includes(attributes[name]?.type ?? "") && !identifiers.has(name),
  );
  if (usable.includes(attribute)) return attributes[attribute];
  const remedy =
    usable.length === 0 ? "Give the event a number first" : `Numbers of the event are ${usable.join(", ")}`;
  list.add(path, `is "${attribute}", which is not a number of the event`, remedy);
  return undefined;
}

function checkWhere(input: Fields | undefined, path: Path, attributes: Attributes, list: ProblemList) {
  if (input === undefined) return undefined;
  const where: Record<string, readonly CustomValue[]> = {};
  for (const [name, wanted] of Object.entries(input)) {
    const definition = checkNamed(name, [...path, name], attributes, list);
    if (definition === undefined) continue;
    const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    const wrong = values.find((value) => !isOfType(value, definition.type));
    const isTooLong = values.some((value) => typeof value === "string" && value.length > maxValueLength);
    if (values.length === 0 || values.length > maxValues || wrong !== undefined || isTooLong) {
      const remedy = `Write 1 to ${maxValues} values of type ${definition.type}, texts of at most ${maxValueLength} characters`;
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
    : `"${name}" is not an attribute of the event`;
  list.add(path, problem, usable.length === 0 ? "Define attributes first" : `Its attributes are ${usable.join(", ")}`);
  return undefined;
}

function checkGroups(input: unknown, path: Path, attributes: Attributes, list: ProblemList): CustomGroups | undefined {
  if (input === undefined) return undefined;
  const isName = typeof input === "string";
  const fields = isName ? { attribute: input } : checkShape(groupsShape, input, path, list);
  const attribute = fields?.attribute;
  if (fields === undefined || attribute === undefined) return undefined;
  const definition = checkNamed(attribute, isName ? path : [...path, "attribute"], attributes, list);
  if (definition === undefined) return undefined;
  if (definition.type === "boolean") return { attribute, values: ["true", "false"] };
  if (definition.type !== "string") {
    list.add(path, `is "${attribute}", a number`, "Group by a text with declared values, or by a boolean");
    return undefined;
  }
  if ("values" in fields && fields.values !== undefined) {
    const values = checkGroupValues(fields.values, [...path, "values"], list);
    return values && { attribute, values };
  }
  if (!isName && (input as Fields)["values"] !== undefined) return undefined;
  if (definition.values !== undefined) return { attribute, values: definition.values };
  const remedy = `Give the attribute \`values\`, or write groupBy: { attribute: "${attribute}", values: […] }: each value is a row a day, the rest is "${otherGroup}"`;
  list.add(path, `is "${attribute}", which may be any text`, remedy);
  return undefined;
}

function checkHistogramNames(key: string, groupBy: CustomGroups | undefined, path: Path, list: ProblemList): void {
  const names = [...(groupBy?.values ?? []), otherGroup].map((group) => groupHistogram(key, group));
  const tooLong = groupBy && names.find((name) => name.length > maxHistogramLength);
  if (tooLong === undefined) return;
  const remedy = `Shorten the key or the value: with a colon between them, at most ${maxHistogramLength} characters`;
  list.add([...path, "groupBy"], `gives the histogram "${tooLong}", ${tooLong.length} characters`, remedy);
}
