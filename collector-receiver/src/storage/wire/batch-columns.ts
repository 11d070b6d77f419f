import { byteaArray, dateArray, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from "./binary-array.ts";

/** SQL of a column's new value if its row is stored already. */
export type Merge = (stored: string, incoming: string) => string;

export const adds: Merge = (stored, incoming) => `${stored} + ${incoming}`;
export const keepsLeast: Merge = (stored, incoming) => `least(${stored}, ${incoming})`;
export const keepsGreatest: Merge = (stored, incoming) => `greatest(${stored}, ${incoming})`;
export const keepsFirstKnown: Merge = (stored, incoming) => `coalesce(${stored}, ${incoming})`;

/** One column of a batch: the array that carries its values, and what becomes of a stored value. */
export interface BatchColumn<Item> {
  /** Type of the array's elements. */
  readonly type: string;
  readonly arrayOf: (items: readonly Item[]) => unknown;
  /** Undefined: the stored value stays. */
  readonly merge?: Merge | undefined;
  /** SQL of the value from its element; undefined: the element itself. */
  readonly from?: (element: string) => string;
}

type Read<Item, Value> = (item: Item) => Value;

/** Makes columns from what they read of an item. */
export const batchOf = {
  /** A `text` or `varchar`. */
  text: <Item>(read: Read<Item, string | null>, merge?: Merge): BatchColumn<Item> => ({
    type: "text",
    arrayOf: (items) => textArray(items, read),
    merge,
  }),

  int4: <Item>(read: Read<Item, number | null>, merge?: Merge): BatchColumn<Item> => ({
    type: "int",
    arrayOf: (items) => int4Array(items, read),
    merge,
  }),

  /** A `bigint` from a safe integer. */
  int8: <Item>(read: Read<Item, number | null>, merge?: Merge): BatchColumn<Item> => ({
    type: "bigint",
    arrayOf: (items) => int8Array(items, read),
    merge,
  }),

  /** A `numeric` from decimal text. */
  numeric: <Item>(read: Read<Item, string>, merge?: Merge): BatchColumn<Item> => ({
    type: "numeric",
    arrayOf: (items) => items.map(read),
    merge,
  }),

  boolean: <Item>(read: Read<Item, boolean | null>, merge?: Merge): BatchColumn<Item> => ({
    type: "boolean",
    arrayOf: (items) => items.map(read),
    merge,
  }),

  /** A `date` from `YYYY-MM-DD`. */
  date: <Item>(read: Read<Item, string>, merge?: Merge): BatchColumn<Item> => ({
    type: "date",
    arrayOf: (items) => dateArray(items, read),
    merge,
  }),

  /** A `timestamptz` from ms since 1970. */
  time: <Item>(read: Read<Item, number | null>, merge?: Merge): BatchColumn<Item> => ({
    type: "timestamptz",
    arrayOf: (items) => timestamptzArray(items, read),
    merge,
  }),

  /** A `uuid` from its canonical lower-case text. */
  uuid: <Item>(read: Read<Item, string | null>, merge?: Merge): BatchColumn<Item> => ({
    type: "uuid",
    arrayOf: (items) => uuidArray(items, read),
    merge,
  }),

  bytea: <Item>(read: Read<Item, Uint8Array>, merge?: Merge): BatchColumn<Item> => ({
    type: "bytea",
    arrayOf: (items) => byteaArray(items, read),
    merge,
  }),
};
