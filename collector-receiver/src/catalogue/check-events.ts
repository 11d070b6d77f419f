import { findEventDefinition, maxEventNameLength } from "@spanledger/sdk/event-catalogue";
import type { AttributeType } from "@spanledger/sdk/event-catalogue";
import type { Static } from "typebox";
import { checkShape, checkValue } from "./check-shape.ts";
import type { CustomAttribute, CustomEvent } from "./custom-definitions.ts";
import { otherGroup } from "./custom-definitions.ts";
import { attributeShape, eventShape, groupValues, maxEvents, maxRequired } from "./definition-schemas.ts";
import type { LocalText } from "./local-text.ts";
import { describe } from "./problem-list.ts";
import type { ProblemList } from "./problem-list.ts";

type AttributeFields = Partial<Static<typeof attributeShape>>;

const eventName = new RegExp(`^[A-Za-z][A-Za-z0-9_.-]{0,${maxEventNameLength - 1}}$`);
const attributeName = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
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
  if (Object.keys(given).length > maxEvents) {
    list.add(["events"], `has ${Object.keys(given).length} events`, `Define at most ${maxEvents}`);
  }
  for (const [name, value] of Object.entries(given)) {
    const path = ["events", name];
    if (findEventDefinition(name) !== undefined) {
      list.add(path, "is an event of the catalogue", "Choose another name; metrics may read the catalogue's events");
    } else if (!eventName.test(name) || name.startsWith("spanledger.")) {
      const remedy = `Use a letter, then letters, digits, dots, dashes and underscores, at most ${maxEventNameLength} in all, such as order.paid`;
      list.add(path, "is not a name for an event", remedy);
    }
    const event = checkShape(eventShape, value, path, list);
    if (event === undefined) continue;
    events[name] = {
      ...namesOf(event),
      attributes: checkAttributes(event.attributes ?? {}, [...path, "attributes"], list),
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
      list.add(at, "is not a name for an attribute", remedy);
    }
    const attribute = checkAttribute(name, value, at, list);
    if (attribute !== undefined) attributes[name] = attribute;
  }
  const required = Object.values(attributes).filter((attribute) => attribute.required).length;
  if (required > maxRequired) list.add(path, `has ${required} required attributes`, `Require at most ${maxRequired}`);
  return attributes;
}

/** The names in both languages; "" for one that is a problem. */
export function namesOf({ en = "", zh = "" }: { readonly en?: string; readonly zh?: string }): LocalText {
  return { en: en.trim(), zh: zh.trim() };
}

/** In this order, because the hash of the definitions depends on it. */
const optionalKeys = ["required", "unit", "minimum", "maximum", "maxLength", "values", "example"] as const;

function checkAttribute(
  name: string,
  value: unknown,
  path: readonly string[],
  list: ProblemList,
): CustomAttribute | undefined {
  const fields = checkShape(attributeShape, value, path, list);
  if (fields?.type === undefined) return undefined;
  const { type, values, example } = fields;
  const shared = sharedTypes[name];
  if (shared !== undefined && shared !== type) {
    list.add([...path, "type"], `is "${type}", and ${name} is the same on every event`, `Write "${shared}"`);
  }
  checkBounds(fields, path, list);
  if (values !== undefined && type === "string") refuseOther(values, [...path, "values"], list);
  else if (values !== undefined) {
    list.add([...path, "values"], `is set, and the type is ${type}`, "Leave it out: values are listed for texts");
  }
  if (example !== undefined && !isOfType(example, type)) {
    list.add([...path, "example"], `is ${describe(example)}`, `Write a value of type ${type}`);
  }
  const given = optionalKeys.filter((key) => fields[key] !== undefined).map((key) => [key, fields[key]]);
  return { type, ...namesOf(fields), ...(Object.fromEntries(given) as Partial<CustomAttribute>) };
}

function checkBounds(fields: AttributeFields, path: readonly string[], list: ProblemList): void {
  const { type, minimum, maximum, maxLength } = fields;
  const isNumber = type === "int" || type === "double";
  for (const key of ["minimum", "maximum"] as const) {
    if (isNumber || fields[key] === undefined) continue;
    list.add([...path, key], `is set, and the type is ${type}`, "Leave it out: bounds are for numbers");
  }
  if (isNumber && minimum !== undefined && maximum !== undefined && minimum > maximum) {
    list.add([...path, "minimum"], `is ${minimum}, above the maximum of ${maximum}`, "Swap them");
  }
  if (maxLength !== undefined && type !== "string") {
    list.add([...path, "maxLength"], `is set, and the type is ${type}`, "Leave it out: lengths are for texts");
  }
}

/** Values to group by: few, short, and none of them `other`. */
export function checkGroupValues(input: unknown, path: readonly string[], list: ProblemList) {
  const values = checkValue(groupValues, input, path, list);
  if (values !== undefined) refuseOther(values, path, list);
  return values;
}

function refuseOther(values: readonly string[], path: readonly string[], list: ProblemList): void {
  if (!values.includes(otherGroup)) return;
  list.add(path, `contains "${otherGroup}"`, "Leave it out: it is what every value that is not listed counts as");
}

/** Whether a value is of an attribute's type. */
export function isOfType(value: unknown, type: AttributeType): value is string | number | boolean {
  if (type === "int") return Number.isSafeInteger(value);
  if (type === "double") return typeof value === "number" && Number.isFinite(value);
  return typeof value === type;
}
