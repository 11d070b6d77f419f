/** One counter column: how its scaled integer becomes the stored number, and its type. */
export interface StoredColumn {
  readonly column: string;
  readonly decimals: number;
}

export const typeOf = ({ decimals }: StoredColumn): "bigint" | "numeric" => (decimals === 0 ? "bigint" : "numeric");

/** `column = t.column + excluded.column` for each counter: a counter row only ever changes by addition. */
export function additions(alias: string, columns: readonly StoredColumn[]): string {
  return columns.map(({ column }) => `${column} = ${alias}.${column} + excluded.${column}`).join(", ");
}
