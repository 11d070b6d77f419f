import type { MappingContext } from "./mapping-context.ts";

/** An event says that a service had a version at its time. */
export interface VersionNote {
  readonly tenantId: string;
  /** Empty if its events name none. */
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** The earliest event of those that said it, in milliseconds since 1970. */
  readonly firstMs: number;
}

/** More in one request are not releases. What is left out is noted by a later request. */
const maxNotedVersions = 20;

/** What a version is known by. */
export function versionKey({
  tenantId,
  serviceName,
  serviceVersion,
}: Pick<VersionNote, "tenantId" | "serviceName" | "serviceVersion">): string {
  return `${tenantId}\n${serviceName}\n${serviceVersion}`;
}

/** Watches the versions of the services of a request, resource by resource. */
export class ServiceVersions {
  readonly #context: Pick<MappingContext, "versionsSeen">;
  #sender = { tenantId: "", serviceName: "", serviceVersion: "" };
  /** An earlier event of this resource says something new. */
  #newBeforeMs = -Infinity;
  #notes: Map<string, VersionNote> | undefined;

  constructor(context: Pick<MappingContext, "versionsSeen">) {
    this.#context = context;
  }

  /** The events that follow are of this service. @param serviceVersion null: not known */
  begin(tenantId: string, serviceName: string | null, serviceVersion: string | null): void {
    this.#newBeforeMs = -Infinity;
    if (serviceVersion === null) return;
    this.#sender = { tenantId, serviceName: serviceName ?? "", serviceVersion };
    this.#newBeforeMs = this.#context.versionsSeen?.get(versionKey(this.#sender)) ?? Infinity;
  }

  /** An event of the service that counts. */
  see(occurredAtMs: number): void {
    if (occurredAtMs >= this.#newBeforeMs) return;
    this.#newBeforeMs = occurredAtMs;
    if (this.#notes !== undefined && this.#notes.size >= maxNotedVersions) return;
    addVersionNote((this.#notes ??= new Map()), { ...this.#sender, firstMs: occurredAtMs });
  }

  /** What was noted since the last call. */
  take(): VersionNote[] | undefined {
    const notes = this.#notes && [...this.#notes.values()];
    this.#notes = undefined;
    return notes;
  }
}

/** One note a version, with the earliest of its times. */
export function addVersionNote(notes: Map<string, VersionNote>, note: VersionNote): void {
  const key = versionKey(note);
  if (note.firstMs < (notes.get(key)?.firstMs ?? Infinity)) notes.set(key, note);
}

/** Versions that are remembered at once: fewer than are stored, so that names without end cannot fill the memory. */
const maxRemembered = 2_000;

/** Remembers what is stored now. A version that is forgotten is written once more, which changes nothing. */
export function rememberVersions(
  seen: Map<string, number> | undefined,
  notes: readonly VersionNote[] | undefined,
): void {
  if (seen === undefined || notes === undefined) return;
  if (seen.size > maxRemembered) seen.clear();
  for (const note of notes) {
    const key = versionKey(note);
    seen.set(key, Math.min(note.firstMs, seen.get(key) ?? Infinity));
  }
}
