import type { AttributeVisitor } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { containerFields, resourceDataTag, resourceFields, resourceTag } from "./protobuf-fields.ts";
import { readProtobufAttributes } from "./read-protobuf-attributes.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

/** What a field costs at least, in bytes that are read. */
const minFieldCost = 64;

/**
 * Reads the attributes of the resource whose parts, perhaps with other fields among them, lie in `[start, end)` of a
 * resource's data. A message in parts is one with the fields of all of them.
 */
export function readProtobufResource(
  cursor: ProtobufCursor,
  start: number,
  end: number,
  visitor: AttributeVisitor,
): void {
  let left = maxAttributesBytes;
  for (let pos = start; pos < end && left > 0;) {
    const tag = cursor.readTag(pos, end);
    if (tag === resourceDataTag.resource) {
      const length = cursor.readLength(cursor.pos, end);
      const at = cursor.pos;
      pos = at + length;
      readProtobufAttributes(cursor, at, pos, resourceTag.attributes, resourceFields, visitor);
      left -= Math.max(minFieldCost, length);
    } else {
      pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a resource's data");
      left -= minFieldCost;
    }
  }
}
