import { tenantAttribute } from "@spanledger/sdk/event-catalogue";
import type { OtlpWalker } from "../otlp/otlp-carrier.ts";
import { AttributeListener } from "./attribute-listener.ts";
import { shortenText } from "./describe-value.ts";

/** Longest text that is kept of a resource: it is repeated in every row and every rejection. */
const maxResourceText = 255;

/** Attributes that tell the processes of a service apart, each if present. The order is part of derived ids. */
export const processAttributes = [
  "service.instance.id",
  "host.name",
  "process.pid",
  "container.id",
  "k8s.pod.uid",
] as const;
const keptAttributes: ReadonlySet<string> = new Set([
  "service.name",
  "service.version",
  tenantAttribute,
  ...processAttributes,
]);
const lengths: ReadonlySet<number> = new Set([...keptAttributes].map(({ length }) => length));

/** What mapping reads of an OTLP resource. Texts are storable and at most 255 characters long; a number stands as its digits. */
export interface ResourceReading {
  readonly serviceName: string | null;
  readonly serviceVersion: string | null;
  /** Null if it is a number: receivers before 0.3.0, for whose ids it is kept, read none. */
  readonly serviceInstanceId: string | null;
  /** The values of `processAttributes`. */
  readonly process: readonly (string | null)[];
  readonly tenant: string | null;
}

/** True if an attribute of the resource tells which process of its service it is. */
export function namesProcess({ process }: ResourceReading): boolean {
  return process.some((value) => value !== null);
}

/** Stands for a tenant that is neither a text nor a number. No tenant is called so: its events are rejected, not taken for the default's. */
const unusableTenant = "(neither a text nor an integer)";

/**
 * Reads the attributes that matter. A number names a tenant or a process too; `service.name` is a text. Another value of these
 * counts as absent, except for the tenant's.
 */
export class ResourceReader extends AttributeListener {
  readonly #texts = new Map<string, string>();
  readonly #numbers = new Map<string, string>();
  #current = "";

  /** Reads the present resource. */
  read(walker: OtlpWalker): ResourceReading {
    // A body that is refused within a resource leaves what was read of it.
    this.#texts.clear();
    this.#numbers.clear();
    walker.readResourceAttributes(this);
    const textOf = (name: string): string | null => this.#texts.get(name) ?? null;
    const valueOf = (name: string): string | null => textOf(name) ?? this.#numbers.get(name) ?? null;
    return {
      serviceName: textOf("service.name"),
      serviceVersion: valueOf("service.version"),
      serviceInstanceId: textOf("service.instance.id"),
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
    this.again();
    // An empty tenant is a wrong one; any other empty text says nothing.
    if (start < end || this.#current === tenantAttribute) this.#texts.set(this.#current, readText(bytes, start, end));
  }

  override int(value: number): void {
    this.#takeNumber(String(value));
  }

  override wideInt(high: number, low: number): void {
    if (this.#current !== "") this.#takeNumber(String((BigInt(high) << 32n) | BigInt(low)));
  }

  override double(value: number): void {
    if (Number.isSafeInteger(value)) this.int(value);
    else this.#refuse();
  }

  override bool(): void {
    this.#refuse();
  }

  override binary(): void {
    this.#refuse();
  }

  override malformedValue(): void {
    this.#refuse();
  }

  override beginArray(): boolean {
    this.#refuse();
    return false;
  }

  override beginMap(): boolean {
    this.#refuse();
    return false;
  }

  override again(): void {
    this.#texts.delete(this.#current);
    this.#numbers.delete(this.#current);
  }

  #takeNumber(digits: string): void {
    if (this.#current === "") return;
    this.again();
    this.#numbers.set(this.#current, digits);
  }

  #refuse(): void {
    this.again();
    if (this.#current === tenantAttribute) this.#texts.set(tenantAttribute, unusableTenant);
  }
}

function readText(bytes: Buffer, start: number, end: number): string {
  // Four bytes are the most that one character has.
  return shortenText(bytes.toString("utf8", start, Math.min(end, start + maxResourceText * 4 + 4)), maxResourceText);
}
