/** Order by UTF-16 units: the order in which all writers take locks and rows. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
