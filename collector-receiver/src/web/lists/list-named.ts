import { shorten } from "../../stats/report-period.ts";
import { RequestError } from "../../stats/request-error.ts";

/**
 * The list that `of` names.
 * @param things what the lists hold, for the message: `tickets`
 * @throws RequestError `invalid_parameter`
 */
export function listNamed<List extends string>(
  names: readonly List[],
  named: string | undefined,
  things: string,
): List {
  const list = names.find((name) => name === named);
  if (list !== undefined) return list;
  throw new RequestError(
    "invalid_parameter",
    `of = "${shorten(named ?? "")}" is not a list of ${things}; pass one of ${names.join(", ")}`,
    "of",
  );
}
