import { createHmac } from "node:crypto";
import { commonAttributes, eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";

/** Attributes that say who somebody is, or whose order, parcel or device something is. */
const people = /^(?:session_id|user_id|login_id|agent_name|order_number|tracking_number|(?:[a-z]+_)*agent_id)$/;
const hashDigits = 32;

/** Writes people as hashes: the same person has the same hash in every export with the same salt. */
export class HiddenPeople {
  readonly #salt: Buffer;
  readonly #declared: Readonly<Record<string, { readonly attributes: Readonly<Record<string, unknown>> } | undefined>>;

  constructor(salt: Buffer, custom: CustomDefinitions | undefined) {
    this.#salt = salt;
    this.#declared = { ...eventCatalogue, ...custom?.events };
  }

  /** The hash of an id or a name, 32 hex digits. */
  hash(value: string): string {
    return createHmac("sha256", this.#salt).update(value).digest("hex").slice(0, hashDigits);
  }

  /** The attributes of an event: people as hashes, without texts and numbers that are not declared: those may be anybody's. */
  clean(event: string, data: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const declared = { ...commonAttributes, ...this.#declared[event]?.attributes };
    const kept: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(data)) {
      if (people.test(name)) kept[name] = this.hash(String(value));
      else if (typeof value === "boolean") kept[name] = value;
      else if (typeof value !== "object" && Object.hasOwn(declared, name)) kept[name] = value;
    }
    return kept;
  }
}
