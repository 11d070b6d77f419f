import Type from "typebox";
import { closed, word } from "./definition-schemas.ts";

/** The shapes of alerts in a `spanledger.config.ts`. */

const shape = closed("Write { … }");
const to = Type.Optional(Type.Array(Type.String(), { uniqueItems: true, remedy: "List the names of targets" }));
const metric = Type.String({ remedy: "Name a metric of the dictionary: docs/metrics.md" });
const minConversations = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 1_000_000_000, remedy: "Write a whole number of at least 0" }),
);
const above0 = (remedy: string, maximum = 1_000_000_000) => Type.Number({ exclusiveMinimum: 0, maximum, remedy });

/** Every alert has a kind, which decides about the rest. */
export const alertKindShape = Type.Object(
  { kind: word(["goal", "change", "silence", "quality", "budget"]) },
  { remedy: "Write { … }" },
);

export const alertShapes = {
  goal: Type.Object(
    {
      kind: Type.Literal("goal"),
      to,
      metric,
      days: Type.Optional(Type.Unsafe<1 | 7>(Type.Enum([1, 7], { remedy: "Write 1 or 7" }))),
      minConversations,
    },
    shape,
  ),
  change: Type.Object(
    {
      kind: Type.Literal("change"),
      to,
      metric,
      direction: Type.Optional(word(["drop", "rise", "either"])),
      by: above0("Write how many percent, or percentage points of a share, such as 20"),
      minConversations,
    },
    shape,
  ),
  silence: Type.Object(
    {
      kind: Type.Literal("silence"),
      to,
      minutes: Type.Optional(
        Type.Integer({ minimum: 5, maximum: 44_640, remedy: "Write minutes of working time from 5 to 44640" }),
      ),
    },
    shape,
  ),
  quality: Type.Object(
    {
      kind: Type.Literal("quality"),
      to,
      percent: above0("Write a share in percent, above 0 and up to 100", 100),
      minEvents: minConversations,
    },
    shape,
  ),
  budget: Type.Object(
    { kind: Type.Literal("budget"), to, amount: above0("Write an amount in the tenant's currency, above 0") },
    shape,
  ),
};
