import { names } from "./json-containers.ts";
import type { JsonCursor } from "./json-cursor.ts";
import type { TextRange } from "./otlp-carrier.ts";

/** Reads a resource, or a part of it, which is next. @param into takes where its lists of attributes stand */
export function readJsonResource(cursor: JsonCursor, into: number[]): void {
  const found: number[] = [];
  if (cursor.enterObject()) {
    do {
      cursor.nextKey();
      cursor.peek();
      if (cursor.keyIsOneOf(names.attributes)) found.push(cursor.pos);
      else cursor.countUnlessOneOf(names.otherOfResource);
      cursor.skipValue();
    } while (cursor.moreMembers());
  }
  // Not before: what is too long is read again.
  into.push(...found);
}

/** Reads the name of a scope, which is next. */
export function readJsonScope(cursor: JsonCursor, name: TextRange): void {
  if (!cursor.enterObject()) return;
  do {
    cursor.nextKey();
    if (cursor.keyIsOneOf(names.name)) cursor.readText(name);
    else cursor.skipValue();
  } while (cursor.moreMembers());
}
