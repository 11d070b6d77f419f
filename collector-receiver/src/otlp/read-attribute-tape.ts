import { tapeKind, type AttributeTape, type TapeKey } from "./attribute-tape.ts";
import type { PlainVisitor } from "./otlp-carrier.ts";

/**
 * Hands on what is on the tape in `[from, to)`.
 * @returns false if the visitor did not take one
 */
export function readAttributeTape(
  { keys, kinds, starts, ends, numbers }: AttributeTape<TapeKey>,
  from: number,
  to: number,
  visitor: PlainVisitor,
): boolean {
  for (let i = from; i < to; i++) {
    const name = visitor.nameOf(keys[i]!);
    let taken: boolean;
    switch (kinds[i]) {
      case tapeKind.string:
        taken = visitor.plainText(name, starts[i]!, ends[i]!);
        break;
      case tapeKind.int:
        taken = visitor.plainInt(name, numbers[i]!);
        break;
      case tapeKind.double:
        taken = visitor.plainDouble(name, numbers[i]!);
        break;
      default:
        taken = visitor.plainBool(name, numbers[i] === 1);
    }
    if (!taken) return false;
  }
  return true;
}
