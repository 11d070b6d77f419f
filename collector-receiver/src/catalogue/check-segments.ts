import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type { AttributeDefinition } from "@spanledger/sdk/event-catalogue";
import { checkGroupValues, identifiers } from "./check-events.ts";
import { checkShape } from "./check-shape.ts";
import type { CustomDimension, CustomSegments } from "./custom-segments.ts";
import { dimensionShape, maxDimensions } from "./definition-schemas.ts";
import type { ProblemList } from "./problem-list.ts";

/** Events whose figures can be split by an attribute. */
const splitEvents: readonly string[] = [
  "session.start",
  "session.escalate",
  "query.order",
  "query.tracking",
  "ticket.created",
];
const startEvent = "session.start";
/** Stands for `service.name` of the product. */
const serviceName = "service_name";
/** Also the name of a query parameter, and of a column in files. */
const dimensionName = /^[a-z][a-z0-9_]{0,39}$/;
/** Parameters and columns that mean something else. */
const takenNames: ReadonlySet<string> = new Set([
  ...["product", "segment", "metric", "value", "unit", "month", "period", "from", "to", "start_date", "end_date"],
  ...[
    "compare",
    "locale",
    "lang",
    "by",
    "cursor",
    "order",
    "sort",
    "page",
    "limit",
    "token",
    "tenant",
    "stream",
    "day",
  ],
  ...["outcome", "reason", "format", "file", "q", "name", "filter", "dimension", "list", "direction", "daily"],
]);

/** Checks the declared values of a config; what is wrong goes to `list`. Sorted, so that the hash does not depend on the order. */
export function checkSegments(input: unknown, list: ProblemList): CustomSegments {
  const segments: [string, Readonly<Record<string, CustomDimension>>][] = [];
  for (const [event, value] of Object.entries(list.object(input, ["segments"]) ?? {})) {
    const path = ["segments", event];
    if (!splitEvents.includes(event)) {
      list.add(path, "is not an event by which figures are split", `Name one of ${splitEvents.join(", ")}`);
      continue;
    }
    const attributes = Object.entries(list.object(value, path) ?? {});
    if (attributes.length > maxDimensions) {
      list.add(path, `has ${attributes.length} attributes`, `Declare values of at most ${maxDimensions}`);
    }
    const checked = attributes.flatMap(([attribute, dimension]): [string, CustomDimension][] => {
      const found = checkDimension(event, attribute, dimension, list);
      return found === undefined ? [] : [[attribute, found]];
    });
    if (checked.length > 0) segments.push([event, Object.fromEntries(checked.toSorted(byName))]);
  }
  return Object.fromEntries(segments.toSorted(byName));
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function checkDimension(
  event: string,
  attribute: string,
  input: unknown,
  list: ProblemList,
): CustomDimension | undefined {
  const path = ["segments", event, attribute];
  checkName(event, attribute, path, list);
  const { en, zh, values } = checkShape(dimensionShape, input, path, list) ?? {};
  if (values === undefined) return undefined;
  checkGroupValues(values, [...path, "values"], list);
  const names = { ...(en === undefined ? {} : { en: en.trim() }), ...(zh === undefined ? {} : { zh: zh.trim() }) };
  return { ...names, values: values.toSorted() };
}

function checkName(event: string, attribute: string, path: readonly string[], list: ProblemList): void {
  const known = (eventCatalogue as Readonly<Record<string, { attributes: Record<string, AttributeDefinition> }>>)[
    event
  ];
  const definition = known?.attributes[attribute];
  if (identifiers.has(attribute)) {
    list.add(path, "names a person, a case or a test", "Split by an attribute with few values");
  } else if (definition?.vocabulary !== undefined) {
    list.add(path, "has a list of words", `Write words: { ${definition.vocabulary}: { … } }`);
  } else if (definition !== undefined && definition.type !== "string") {
    list.add(path, `is of type ${definition.type}`, "Split by a text");
  } else if (!dimensionName.test(attribute)) {
    list.add(path, "is not a name to split by", "Use lower-case letters, digits and underscores, such as plan");
  } else if (event === startEvent && attribute !== serviceName && takenNames.has(attribute)) {
    list.add(path, "has another meaning in the report's parameters", "Record it under another name, such as plan");
  }
}
