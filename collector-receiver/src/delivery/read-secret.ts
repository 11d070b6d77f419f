import type { SecretReference } from "../catalogue/delivery-targets.ts";
import type { DeliveryMeans } from "./delivery-means.ts";

/** The environment lacks a secret, or holds one that cannot be used. The message names the variable, never its value. */
export class MissingSecretError extends Error {
  override readonly name = "MissingSecretError";
}

/** @throws MissingSecretError if the variable is unset or empty */
export function readSecret({ env }: SecretReference, { environment }: DeliveryMeans): string {
  const value = environment[env]?.trim();
  if (value === undefined || value === "") {
    throw new MissingSecretError(`The variable ${env} is not set. Set it, and start the receiver again.`);
  }
  return value;
}

/** @throws MissingSecretError if the variable does not hold an HTTP address */
export function readUrl(reference: string | SecretReference, means: DeliveryMeans): URL {
  if (typeof reference === "string") return new URL(reference);
  const url = URL.parse(readSecret(reference, means));
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new MissingSecretError(`The variable ${reference.env} does not hold an address that begins with https://.`);
}
