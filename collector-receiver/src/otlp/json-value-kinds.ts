import type { JsonCursor } from "./json-cursor.ts";
import { inBothCases } from "./json-members.ts";

/** The members of an AnyValue in JSON. */
export type ValueKind =
  | "stringValue"
  | "boolValue"
  | "intValue"
  | "doubleValue"
  | "arrayValue"
  | "kvlistValue"
  | "bytesValue";

const names: Readonly<Record<ValueKind, readonly Buffer[]>> = {
  stringValue: inBothCases("stringValue"),
  boolValue: inBothCases("boolValue"),
  intValue: inBothCases("intValue"),
  doubleValue: inBothCases("doubleValue"),
  arrayValue: inBothCases("arrayValue"),
  kvlistValue: inBothCases("kvlistValue"),
  bytesValue: inBothCases("bytesValue"),
};

/** Which kind the cursor's member is; null if its name is unknown. Its first letter says which it can be. */
export function kindAt(cursor: JsonCursor): ValueKind | null {
  const kind = kindByLetter(cursor);
  return kind !== null && cursor.keyIsOneOf(names[kind]) ? kind : null;
}

function kindByLetter({ key: { bytes, start, end } }: JsonCursor): ValueKind | null {
  if (start === end) return null;
  switch (bytes[start]) {
    case 0x73:
      return "stringValue";
    case 0x69:
      return "intValue";
    case 0x64:
      return "doubleValue";
    case 0x61:
      return "arrayValue";
    case 0x6b:
      return "kvlistValue";
    case 0x62:
      return bytes[start + 1] === 0x6f ? "boolValue" : "bytesValue";
    default:
      return null;
  }
}
