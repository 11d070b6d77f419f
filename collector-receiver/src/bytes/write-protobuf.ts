/** Protobuf messages made by concatenating fields: for answers and payloads, which are small. */

/** A length-delimited field: a message, a text or bytes; nothing if it is empty. */
export function lengthField(number: number, content: Buffer | string): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  if (bytes.length === 0) return bytes;
  return messageField(number, bytes);
}

/** A message field, written even if the message is empty. */
export function messageField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([fieldHead(number, bytes.length), bytes]);
}

/** What stands before the content of a length-delimited field. */
export function fieldHead(number: number, length: number): Buffer {
  return Buffer.concat([encodeVarint((number << 3) | 2), encodeVarint(length)]);
}

/** An unsigned number below 2^53; nothing if it is 0. */
export function varintField(number: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([encodeVarint(number << 3), encodeVarint(value)]);
}

/** A 64-bit field in two unsigned halves. */
export function fixed64Field(number: number, high: number, low: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  bytes.writeUInt32LE(low, 1);
  bytes.writeUInt32LE(high, 5);
  return bytes;
}

/** KeyValue with a text, as field `number` of the message around it. */
export function textAttribute(number: number, key: string, value: string): Buffer {
  return keyValue(number, key, messageField(1, Buffer.from(value)));
}

/** KeyValue with an encoded AnyValue. */
export function keyValue(number: number, key: string, anyValue: Buffer): Buffer {
  return messageField(number, Buffer.concat([lengthField(1, key), messageField(2, anyValue)]));
}

export function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
