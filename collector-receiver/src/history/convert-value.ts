import { compileCatalogue } from "../mapping/compile-catalogue.ts";
import { NumberText, type RecordValue } from "../mapping/write-log-record.ts";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type { AttributeSpec } from "./mapping-schemas.ts";

type Converted = Extract<AttributeSpec, { readonly column: string }>;

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const trueWords: ReadonlySet<string> = new Set(["true", "t", "yes", "y", "1", "是"]);
const falseWords: ReadonlySet<string> = new Set(["false", "f", "no", "n", "0", "否"]);

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

interface Measured {
  readonly type: string;
  readonly unit?: string;
}

/** What the catalogue and a product's own events say of attributes. */
export class AttributeTypes {
  readonly #plans: ReturnType<typeof compileCatalogue>;
  readonly #custom: CustomDefinitions | undefined;
  readonly #types = new Map<string, string | null>();

  constructor(countedAttributes: ReadonlySet<string>, custom: CustomDefinitions | undefined) {
    this.#plans = compileCatalogue(countedAttributes, custom);
    this.#custom = custom;
  }

  /** The declared type; null: none is declared. */
  typeOf(event: string, attribute: string): string | null {
    const key = `${event}\n${attribute}`;
    let type = this.#types.get(key);
    if (type === undefined) {
      const name = Buffer.from(event);
      const plan = this.#plans.names.intern(name, 0, name.length).plan ?? this.#plans.customPlan;
      const bytes = Buffer.from(attribute);
      type = plan.of(this.#plans.keys.intern(bytes, 0, bytes.length)).type;
      this.#types.set(key, type);
    }
    return type;
  }

  /** Milliseconds in the unit of a duration; 1 if the attribute has no unit of time. */
  millisecondsOf(event: string, attribute: string): number {
    const known: Readonly<Record<string, { readonly attributes: Readonly<Record<string, Measured>> } | undefined>> = {
      ...eventCatalogue,
      ...this.#custom?.events,
    };
    const unit = known[event]?.attributes[attribute]?.unit;
    return unitMs[unit ?? "ms"] ?? 1;
  }
}

/**
 * A value of a row as the wire takes it. What does not fit the type stays as it is: mapping says what is wrong with it.
 * @param declared the attribute's type in the catalogue; null: none is declared
 */
export function convertValue(
  value: unknown,
  { values, type, scale }: Pick<Converted, "values" | "type" | "scale">,
  declared: string | null,
): RecordValue | undefined {
  if (value instanceof NumberText) return (type ?? declared) === "string" ? value.text : value;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  if (values !== undefined && Object.hasOwn(values, text)) return values[text] ?? undefined;
  switch (type ?? declared) {
    case "int":
    case "double":
      return typeof value === "number" || (typeof value === "string" && numberPattern.test(value.trim()))
        ? scaled(text.trim(), scale)
        : (value as RecordValue);
    case "boolean":
      return typeof value === "boolean" ? value : readBoolean(value, text);
    case "string":
      return typeof value === "object" ? (value as RecordValue) : text;
    default:
      return scale !== undefined && numberPattern.test(text.trim())
        ? scaled(text.trim(), scale)
        : (value as RecordValue);
  }
}

function scaled(text: string, scale: number | undefined): RecordValue {
  return scale === undefined ? new NumberText(text.replace(/^\+/, "")) : Number((Number(text) * scale).toPrecision(15));
}

function readBoolean(value: unknown, text: string): RecordValue {
  const word = text.trim().toLowerCase();
  return trueWords.has(word) ? true : falseWords.has(word) ? false : (value as RecordValue);
}
