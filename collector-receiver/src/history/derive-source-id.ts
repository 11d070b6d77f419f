import { makeUuidV5, uuidText } from "../bytes/uuid.ts";

/** Namespace of the ids of imported events; docs/migrating.md states it. */
export const importNamespace = "b7a3a0ce-52a5-4d3e-9a5e-6f0d3c1e8b24";

const namespace = Buffer.from(importNamespace.replaceAll("-", ""), "hex");

/**
 * The id of an imported event: the UUIDv5 of the JSON text `["source","key"]`, or `["source","key","as"]`. A key of several columns
 * is a list in it.
 * @param as tells the events of one row apart; undefined: it has one
 */
export function deriveSourceId(source: string, key: readonly string[], as: string | undefined): string {
  const name = [source, key.length === 1 ? key[0] : key, ...(as === undefined ? [] : [as])];
  return uuidText(makeUuidV5(Buffer.concat([namespace, Buffer.from(JSON.stringify(name))])), 0);
}
