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
  const channel = typeof attributes["channel"] === "string" ? attributes["channel"] : "";
  if (own === null) return usualSegments.of(serviceName, channel);
  let text = usualLines(serviceName, channel, own);
  for (const rule of own.segments?.start ?? []) {
    const value = countedValueOf(rule, attributes[rule.attribute]);
    if (value !== null) text += lineOf(rule.attribute, value);
  }
  return withoutLastBreak(text);
}

/** The lines of channel and product. */
function usualLines(serviceName: string | null | undefined, channel: string, own: OwnReading): string {
  const product = countedValueOf(own?.segments?.product ?? productRule, serviceName);
  const ofProduct = product === null ? "" : lineOf(productDimension, product);
  if (channel.trim() === "") return ofProduct;
  return lineOf(channelDimension, meaningOf("channel", channel, own?.words ?? null) ?? otherValue) + ofProduct;
}

/** Most starts are of one of few products and channels: their segments are written once. */
class UsualSegments {
  readonly #byService = new Map<string | null | undefined, Map<string, string | null>>();
  #size = 0;

  of(serviceName: string | null | undefined, channel: string): string | null {
    let byChannel = this.#byService.get(serviceName);
    const known = byChannel?.get(channel);
    if (known !== undefined) return known;
    if (this.#size === maxUsualSegments) {
      this.#byService.clear();
      byChannel = undefined;
      this.#size = 0;
    }
    if (byChannel === undefined) this.#byService.set(serviceName, (byChannel = new Map()));
    const text = withoutLastBreak(usualLines(serviceName, channel, null));
    byChannel.set(channel, text);
    this.#size++;
    return text;
  }
}

const maxUsualSegments = 1_000;
const usualSegments = new UsualSegments();

const withoutLastBreak = (text: string): string | null => (text === "" ? null : text.slice(0, -1));
const lineOf = (dimension: string, value: string): string => `${dimension}=${value}\n`;

/** Reads what `segmentsOfStart` wrote. */
export function parseSegments(text: string): Segment[] {
  return text.split("\n").map((line) => {
    const at = line.indexOf("=");
    return { dimension: line.slice(0, at), value: line.slice(at + 1) };
  });
}
