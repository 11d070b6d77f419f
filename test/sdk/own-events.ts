import type { AttributeValue } from "@spanledger/sdk";

/** The events of the shops in these tests, which take any attribute. */
declare module "@spanledger/sdk" {
  interface OwnEvents {
    [name: `shop.${string}`]: Readonly<Record<string, AttributeValue>>;
  }
}
