import type { CountableEvent } from "../mapping/business-event.ts";
import { countedValueOf, otherValue } from "./attribute-counters.ts";
import { productRule } from "./own-segments.ts";
import type { OwnSegments } from "./own-segments.ts";
import { meaningOf } from "./words.ts";
import type { OwnWordLists } from "./words.ts";

/** Dimensions that every tenant has; a product declares further ones. */
export const channelDimension = "channel";
export const productDimension = "product";

/** What a product says of its words and values; null: nothing. */
export type OwnReading = { readonly words: OwnWordLists; readonly segments: OwnSegments | null } | null;

/** One segment of a session. */
export interface Segment {
  readonly dimension: string;
  readonly value: string;
}

/**
 * The segments that a start says, as `analytics_sessions.segments` holds them: one `dimension=value` a line, channel and product
 * first, then the product's own by name.
 * @returns null if it says none
 */
export function segmentsOfStart({ attributes, serviceName }: CountableEvent, own: OwnReading): string | null {
  const { channel } = attributes;
  let text = "";
  if (typeof channel === "string" && channel.trim() !== "") {
    text = lineOf(channelDimension, meaningOf("channel", channel, own?.words ?? null) ?? otherValue);
  }
  const product = countedValueOf(own?.segments?.product ?? productRule, serviceName);
  if (product !== null) text += lineOf(productDimension, product);
  for (const rule of own?.segments?.start ?? []) {
    const value = countedValueOf(rule, attributes[rule.attribute]);
    if (value !== null) text += lineOf(rule.attribute, value);
  }
  return text === "" ? null : text.slice(0, -1);
}

const lineOf = (dimension: string, value: string): string => `${dimension}=${value}\n`;

/** Reads what `segmentsOfStart` wrote. */
export function parseSegments(text: string): Segment[] {
  return text.split("\n").map((line) => {
    const at = line.indexOf("=");
    return { dimension: line.slice(0, at), value: line.slice(at + 1) };
  });
}
