import { tenantAttribute } from "@spanledger/sdk/event-catalogue";
import type { OtlpWalker } from "../otlp/otlp-carrier.ts";
import { AttributeListener } from "./attribute-listener.ts";
import { shortenText } from "./describe-value.ts";

/** Longest text that is kept of a resource: it is repeated in every row and every rejection. */
const maxResourceText = 255;

const instanceId = "service.instance.id";
const lengths: ReadonlySet<number> = new Set(["service.name", instanceId, tenantAttribute].map(({ length }) => length));

/** What mapping reads of an OTLP resource. Texts are storable and at most 255 characters long. */
export interface ResourceReading {
  readonly serviceName: string | null;
  readonly serviceInstanceId: string | null;
  readonly tenant: string | null;
}

/** Reads the three attributes that matter; an attribute that is not a text counts as absent. */
export class ResourceReader extends AttributeListener {
  #serviceName: string | null = null;
  #serviceInstanceId: string | null = null;
  #tenant: string | null = null;
  #current = "";

  /** Reads the present resource. */
  read(walker: OtlpWalker): ResourceReading {
    // A body that is refused within a resource leaves what was read of it.
    this.#serviceName = this.#serviceInstanceId = this.#tenant = null;
    walker.readResourceAttributes(this);
    return { serviceName: this.#serviceName, serviceInstanceId: this.#serviceInstanceId, tenant: this.#tenant };
  }

  override key(bytes: Buffer, start: number, end: number): void {
    this.#current = lengths.has(end - start) ? bytes.latin1Slice(start, end) : "";
  }

  override string(bytes: Buffer, start: number, end: number): void {
    switch (this.#current) {
      case "service.name":
        this.#serviceName = start === end ? null : readText(bytes, start, end);
        break;
      case instanceId:
        this.#serviceInstanceId = start === end ? null : readText(bytes, start, end);
        break;
      case tenantAttribute:
        this.#tenant = readText(bytes, start, end);
        break;
      default:
    }
  }

  override int(value: number): void {
    // A numeric brand id is a usable name.
    if (this.#current === tenantAttribute) this.#tenant = String(value);
  }

  override again(): void {
    if (this.#current === "service.name") this.#serviceName = null;
    else if (this.#current === instanceId) this.#serviceInstanceId = null;
    else if (this.#current === tenantAttribute) this.#tenant = null;
  }
}

function readText(bytes: Buffer, start: number, end: number): string {
  // Four bytes are the most that one character has.
  return shortenText(bytes.toString("utf8", start, Math.min(end, start + maxResourceText * 4 + 4)), maxResourceText);
}
