import { tenantAttribute } from "@spanledger/sdk/event-catalogue";
import type { OtlpWalker } from "../otlp/otlp-carrier.ts";
import { AttributeListener } from "./attribute-listener.ts";
import { shortenText } from "./describe-value.ts";

/** Longest text that is kept of a resource: it is repeated in every row and every rejection. */
const maxResourceText = 255;

/** Attributes that tell the processes of a service apart, each where present. The order is part of derived ids. */
export const processAttributes = [
  "service.instance.id",
  "host.name",
  "process.pid",
  "container.id",
  "k8s.pod.uid",
] as const;
const keptAttributes: ReadonlySet<string> = new Set(["service.name", tenantAttribute, ...processAttributes]);
const lengths: ReadonlySet<number> = new Set([...keptAttributes].map(({ length }) => length));

/** What mapping reads of an OTLP resource. Texts are storable and at most 255 characters long. */
export interface ResourceReading {
  readonly serviceName: string | null;
  readonly serviceInstanceId: string | null;
  /** The values of `processAttributes`. */
  readonly process: readonly (string | null)[];
  readonly tenant: string | null;
}

/** True if an attribute of the resource tells which process of its service it is. */
export function namesProcess({ process }: ResourceReading): boolean {
  return process.some((value) => value !== null);
}

/** Reads the attributes that matter; one that is neither a text nor an integer counts as absent. */
export class ResourceReader extends AttributeListener {
  readonly #values = new Map<string, string>();
  #current = "";

  /** Reads the present resource. */
  read(walker: OtlpWalker): ResourceReading {
    // A body that is refused within a resource leaves what was read of it.
    this.#values.clear();
    walker.readResourceAttributes(this);
    const valueOf = (name: string): string | null => this.#values.get(name) ?? null;
    return {
      serviceName: valueOf("service.name"),
      serviceInstanceId: valueOf("service.instance.id"),
      process: processAttributes.map(valueOf),
      tenant: valueOf(tenantAttribute),
    };
  }

  override key(bytes: Buffer, start: number, end: number): void {
    const name = lengths.has(end - start) ? bytes.latin1Slice(start, end) : "";
    this.#current = keptAttributes.has(name) ? name : "";
  }

  override string(bytes: Buffer, start: number, end: number): void {
    if (this.#current === "") return;
    // An empty tenant is a wrong one; any other empty text says nothing.
    if (start === end && this.#current !== tenantAttribute) this.#values.delete(this.#current);
    else this.#values.set(this.#current, readText(bytes, start, end));
  }

  override int(value: number): void {
    // A numeric brand id is a usable name, and a process id is a number.
    if (this.#current === tenantAttribute || this.#current === "process.pid") {
      this.#values.set(this.#current, String(value));
    }
  }

  override again(): void {
    this.#values.delete(this.#current);
  }
}

function readText(bytes: Buffer, start: number, end: number): string {
  // Four bytes are the most that one character has.
  return shortenText(bytes.toString("utf8", start, Math.min(end, start + maxResourceText * 4 + 4)), maxResourceText);
}
