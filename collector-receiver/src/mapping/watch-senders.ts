import type { MappedRequest } from "./business-event.ts";
import type { MappingContext } from "./mapping-context.ts";
import type { ResourceReading } from "./read-resource.ts";
import { SenderClocks } from "./sender-clocks.ts";
import { ServiceVersions } from "./service-versions.ts";

/** Watches what the events of a request say of who sends them, resource by resource. */
export class SenderWatch {
  readonly #clocks: SenderClocks;
  readonly #versions: ServiceVersions;

  constructor(context: MappingContext) {
    this.#clocks = new SenderClocks(context);
    this.#versions = new ServiceVersions(context);
  }

  /** The events that follow are of this sender. */
  begin(tenantId: string, { serviceName, serviceVersion }: ResourceReading): void {
    this.#clocks.begin(tenantId, serviceName);
    this.#versions.begin(tenantId, serviceName, serviceVersion);
  }

  /** Whether an event has to wait until its time has come. */
  isTooEarly(occurredAtMs: number): boolean {
    return this.#clocks.isTooEarly(occurredAtMs);
  }

  /** An event that counts. */
  see(occurredAtMs: number): void {
    this.#versions.see(occurredAtMs);
  }

  /** What was noted since the last call. */
  take(): Pick<MappedRequest, "clocks" | "versions"> {
    return { clocks: this.#clocks.take(), versions: this.#versions.take() };
  }
}
