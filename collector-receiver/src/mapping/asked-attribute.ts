import type { AttributeDefinition } from "@spanledger/sdk/event-catalogue";

/** What is asked of a value; the rest of a definition is for people. */
export type AskedAttribute = Pick<
  AttributeDefinition,
  "type" | "required" | "minimum" | "maximum" | "int4" | "maxLength"
>;
