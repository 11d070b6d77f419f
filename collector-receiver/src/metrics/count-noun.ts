/** A count with its noun in English: "1 event", "2 events". @param count as it is shown */
export function countNoun(count: string, one: string, many = `${one}s`): string {
  return `${count} ${count === "1" ? one : many}`;
}
