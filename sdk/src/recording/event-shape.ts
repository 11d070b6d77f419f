import { copyAttributes, mergeAttributes } from "./copy-attributes.ts";
import { describeThrown } from "./encode-any-value.ts";
import type { AttributeBag } from "./event-writer.ts";

/** An event before it is recorded, for `beforeSend`. */
export interface PendingEvent {
  readonly name: string;
  /** The event's own attributes, those of the context and the defaults. */
  attributes: Record<string, unknown>;
}

/** Changes an event or, by null, leaves it out. */
export type BeforeSend = (event: PendingEvent) => { readonly attributes: AttributeBag } | null;

/** What a product asks for all its events, or for those of one client. */
export interface EventShape {
  readonly defaults: AttributeBag;
  readonly beforeSend: BeforeSend | null;
  readonly isEnabled: () => boolean;
  /** Another thread can do the same: no function of the product has to see each event. */
  readonly isSharable: boolean;
  /** Null for that of the resource. */
  readonly tenant: string | null;
}

/**
 * All attributes of an event as the product wants them; null if it is left out.
 * @returns a text if `beforeSend` failed: the event must not travel as it is, it may hold what was to be removed
 */
export function shapeAttributes(
  shape: EventShape,
  name: string,
  context: AttributeBag | undefined,
  attributes: unknown,
): AttributeBag | string | null {
  const all = mergeAttributes(mergeAttributes(shape.defaults, context ?? {}), copyAttributes(attributes));
  if (shape.beforeSend === null) return all;
  try {
    const sent: { readonly attributes?: unknown } | null | undefined = shape.beforeSend({ name, attributes: all });
    if (sent === null) return null;
    const changed = sent?.attributes;
    if (typeof changed === "object" && changed !== null) return copyAttributes(changed);
    // An async function gives nothing in time; its rejection must not end the process.
    Promise.resolve(sent).catch(() => undefined);
    return "it has to return the event, or null to leave it out, at once";
  } catch (error) {
    return `it threw ${describeThrown(error)}`;
  }
}

/** Whether events are recorded; a product that cannot say so has not agreed. */
export function readEnabled(enabled: unknown): () => boolean {
  if (typeof enabled !== "function") return () => enabled !== false;
  return () => {
    try {
      return (enabled as () => unknown)() === true;
    } catch {
      return false;
    }
  };
}
