import { findEventDefinition, maxEventNameLength } from "@spanledger/sdk/event-catalogue";
import type { AttributeType } from "@spanledger/sdk/event-catalogue";
import type { CustomAttribute, CustomEvent } from "./custom-definitions.ts";
import { otherGroup } from "./custom-definitions.ts";
import { describe } from "./problem-list.ts";
import type { Fields, ProblemList } from "./problem-list.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const mostEvents = 200;
/** The receiver keeps a bit for each, of 31. */
const mostRequired = 30;
/** So that the groups of a metric stay few: each is a row a day. */
export const mostValues = 50;
export const longestValue = 40;

const eventName = new RegExp(`^[A-Za-z][A-Za-z0-9_.-]{0,${maxEventNameLength - 1}}$`);
const attributeName = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const types: readonly AttributeType[] = ["string", "int", "double", "boolean"];
/** Attributes that mean the same on every event: only whether they are required is an event's own. */
const sharedTypes: Readonly<Record<string, AttributeType>> = {
  session_id: "string",
  agent_id: "int",
  ticket_id: "int",
  user_id: "string",
  test: "boolean",
};

/** Attributes that name a person, a case or a test: nothing is filtered, grouped or summed by them. */
export const identifiers: ReadonlySet<string> = new Set(Object.keys(sharedTypes));

/** Checks the events of a config; what is wrong goes to `list`. */
export function checkEvents(input: unknown, list: ProblemList): Record<string, CustomEvent> {
  const events: Record<string, CustomEvent> = {};
  const given = list.object(input, ["events"]) ?? {};
  if (Object.keys(given).length > mostEvents) {
    list.add(["events"], `has ${Object.keys(given).length} events`, `Define at most ${mostEvents}`);
  }
  for (const [name, value] of Object.entries(given)) {
    const path = ["events", name];
    if (findEventDefinition(name) !== undefined) {
      list.add(path, "is an event of the catalogue", "Choose another name; metrics may read the catalogue's events");
    } else if (!eventName.test(name) || name.startsWith("spanledger.")) {
      const remedy = `Use a letter, then letters, digits, dots, dashes and underscores, at most ${maxEventNameLength} in all, such as order.paid`;
      list.add(path, "is no name for an event", remedy);
    }
    const event = list.object(value, path, ["en", "zh", "attributes"]);
    if (event === undefined) continue;
    events[name] = {
      en: list.text(event, "en", path),
      zh: list.text(event, "zh", path),
      attributes: checkAttributes(event["attributes"] ?? {}, [...path, "attributes"], list),
    };
  }
  return events;
}

function checkAttributes(input: unknown, path: readonly string[], list: ProblemList): Record<string, CustomAttribute> {
  const attributes: Record<string, CustomAttribute> = {};
  for (const [name, value] of Object.entries(list.object(input, path) ?? {})) {
    const at = [...path, name];
    if (!attributeName.test(name) || name.startsWith("spanledger.")) {
      const remedy = "Use a letter, then letters, digits, dots, dashes and underscores, at most 64 in all";
      list.add(at, "is no name for an attribute", remedy);
    }
    const attribute = checkAttribute(name, value, at, list);
    if (attribute !== undefined) attributes[name] = attribute;
  }
  const required = Object.values(attributes).filter((attribute) => attribute.required).length;
  if (required > mostRequired) list.add(path, `has ${required} required attributes`, `Require at most ${mostRequired}`);
  return attributes;
}

const keys = ["type", "required", "unit", "minimum", "maximum", "maxLength", "values", "example", "en", "zh"];

function checkAttribute(name: string, value: unknown, path: readonly string[], list: ProblemList) {
  const fields = list.object(value, path, keys);
  if (fields === undefined) return undefined;
  const type = list.oneOf(fields, "type", path, types);
  if (fields["type"] === undefined) list.add(path, "has no type", `Write one of ${types.join(", ")}`);
  if (type === undefined) return undefined;
  const shared = sharedTypes[name];
  if (shared !== undefined && shared !== type) {
    list.add([...path, "type"], `is "${type}", and ${name} is the same on every event`, `Write "${shared}"`);
  }
  const attribute: Mutable<CustomAttribute> = {
    type,
    en: list.text(fields, "en", path),
    zh: list.text(fields, "zh", path),
  };
  if (fields["required"] !== undefined) {
    if (fields["required"] === true) attribute.required = true;
    else list.add([...path, "required"], `is ${describe(fields["required"])}`, "Write true, or leave it out");
  }
  if (fields["unit"] !== undefined) {
    if (typeof fields["unit"] === "string" && /^[^\s$]{1,20}$/.test(fields["unit"])) attribute.unit = fields["unit"];
    else list.add([...path, "unit"], `is ${describe(fields["unit"])}`, "Write a unit such as ms, h or {guest}");
  }
  checkBounds(attribute, fields, path, list);
  checkValues(attribute, fields, path, list);
  if (fields["example"] !== undefined) {
    if (isOfType(fields["example"], type)) attribute.example = fields["example"];
    else list.add([...path, "example"], `is ${describe(fields["example"])}`, `Write a value of type ${type}`);
  }
  return attribute as CustomAttribute;
}

function checkBounds(
  attribute: Mutable<CustomAttribute>,
  fields: Fields,
  path: readonly string[],
  list: ProblemList,
): void {
  const isNumber = attribute.type === "int" || attribute.type === "double";
  for (const key of ["minimum", "maximum"] as const) {
    const bound = list.number(fields, key, path);
    if (bound === undefined) continue;
    if (isNumber) attribute[key] = bound;
    else list.add([...path, key], `is set, and the type is ${attribute.type}`, "Leave it out: bounds are for numbers");
  }
  const { minimum, maximum } = attribute;
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    list.add([...path, "minimum"], `is ${minimum}, above the maximum of ${maximum}`, "Swap them");
  }
  const length = list.number(fields, "maxLength", path);
  if (length === undefined) return;
  if (attribute.type === "string" && Number.isInteger(length) && length > 0) attribute.maxLength = length;
  else list.add([...path, "maxLength"], `is ${length}`, "Write a whole number above 0, for texts only");
}

function checkValues(
  attribute: Mutable<CustomAttribute>,
  fields: Fields,
  path: readonly string[],
  list: ProblemList,
): void {
  if (fields["values"] === undefined) return;
  const at = [...path, "values"];
  if (attribute.type !== "string") {
    list.add(at, `is set, and the type is ${attribute.type}`, "Leave it out: values are listed for texts");
    return;
  }
  const values = checkGroupValues(fields["values"], at, list);
  if (values !== undefined) attribute.values = values;
}

/** Values to group by: few, short, and none of them `other`. */
export function checkGroupValues(input: unknown, path: readonly string[], list: ProblemList) {
  const values = list.texts(input, path, mostValues, longestValue);
  if (values?.includes(otherGroup) === true) {
    list.add(path, `contains "${otherGroup}"`, "Leave it out: it is what every value that is not listed counts as");
  }
  return values;
}

/** Whether a value is of an attribute's type. */
export function isOfType(value: unknown, type: AttributeType): value is string | number | boolean {
  if (type === "int") return Number.isSafeInteger(value);
  if (type === "double") return typeof value === "number" && Number.isFinite(value);
  return typeof value === type;
}
