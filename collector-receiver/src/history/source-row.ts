/** Values of a row by column. */
export type RowFields = Readonly<Record<string, unknown>>;

/** One row of a source: its values, or why it cannot be read. */
export type SourceRow =
  | { readonly place: number; readonly fields: RowFields; readonly problem?: undefined }
  | { readonly place: number; readonly problem: string; readonly fields?: undefined };

/** Where rows come from. A row's place is its line in a file, or its number in a table. */
export interface RowSource {
  /** What a place is called: `line` or `row`. */
  readonly placeName: string;
  /** The columns; undefined if each row has its own. */
  readonly columns?: readonly string[] | undefined;
  /** Rows in groups of some hundred, so that none costs a turn of the event loop. */
  readonly batches: AsyncIterable<readonly SourceRow[]>;
}

/** The value of a column; a name with dots leads into objects. Undefined: there is none. */
export function valueOf(fields: RowFields, column: string): unknown {
  if (Object.hasOwn(fields, column)) return fields[column];
  const dot = column.indexOf(".");
  if (dot < 0) return undefined;
  const within = Object.hasOwn(fields, column.slice(0, dot)) ? fields[column.slice(0, dot)] : undefined;
  return typeof within === "object" && within !== null
    ? valueOf(within as RowFields, column.slice(dot + 1))
    : undefined;
}

/** True for what stands for no value. */
export function isEmptyValue(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}
