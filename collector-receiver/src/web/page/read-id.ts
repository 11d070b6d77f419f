import { shorten } from "../../stats/report-period.ts";
import { RequestError } from "../../stats/request-error.ts";
import type { RequestErrorCode } from "../../stats/request-error.ts";

/** @throws RequestError if the text is not a number that an agent or a ticket can have */
export function readId(text: string, parameter: string, code: RequestErrorCode, status: number): number {
  const id = Number(text);
  if (/^-?\d{1,10}$/.test(text) && id >= -2_147_483_648 && id <= 2_147_483_647) return id;
  throw new RequestError(code, `${parameter} = "${shorten(text)}" is not a whole number of 32 bits`, parameter, status);
}
