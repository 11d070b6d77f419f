import { channelDimension, productDimension } from "../metrics/session-segments.ts";
import type { Segment } from "../metrics/session-segments.ts";
import { RequestError } from "./request-error.ts";

/** The parameters that name a segment, each alone. */
export const segmentParameterNames = [channelDimension, productDimension, "segment"] as const;

/** What filters figures: a channel, a product, or `dimension:value` of what `spanledger.config` declares. */
export type SegmentQuery = { readonly [Name in (typeof segmentParameterNames)[number]]?: string | undefined };

const maxLength = 128;

/**
 * The segment that a query names; null if it names none.
 * @throws RequestError if it names two, or one that cannot be
 */
export function parseSegment(query: SegmentQuery): Segment | null {
  const [name, other] = segmentParameterNames.filter((one) => query[one] !== undefined);
  if (name === undefined) return null;
  const text = query[name] as string;
  if (other !== undefined) {
    throw new RequestError(
      "mixed_parameters",
      `${name} = "${shown(text)}" cannot be mixed with ${other}; figures are kept by one dimension at a time`,
      other,
    );
  }
  const segment = segmentFrom(name, text);
  if (segment !== null) return segment;
  const remedy = name === "segment" ? "pass segment=dimension:value, such as plan:pro" : `pass a ${name}, such as web`;
  throw new RequestError("invalid_parameter", `${name} = "${shown(text)}" is not a segment; ${remedy}`, name);
}

/** The segment that the address of a page names. The first one that can be counts: a page is never refused for its filter. */
export function segmentOfPage(query: Readonly<Record<string, string | undefined>>): SegmentQuery {
  const name = segmentParameterNames.find((one) => segmentFrom(one, query[one] ?? "") !== null);
  return name === undefined ? {} : { [name]: query[name] };
}

/** A segment as the parameter of an address. */
export function segmentAddress(segment: Segment | null): Readonly<Record<string, string>> {
  if (segment === null) return {};
  const { dimension, value } = segment;
  const isNamed = dimension === channelDimension || dimension === productDimension;
  return isNamed ? { [dimension]: value } : { segment: `${dimension}:${value}` };
}

function segmentFrom(name: (typeof segmentParameterNames)[number], text: string): Segment | null {
  if (text.length > maxLength || /\p{Cc}/u.test(text)) return null;
  const at = name === "segment" ? text.indexOf(":") : -1;
  const dimension = name === "segment" ? text.slice(0, Math.max(at, 0)) : name;
  const value = text.slice(at + 1).trim();
  return dimension === "" || value === "" ? null : { dimension, value };
}

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
