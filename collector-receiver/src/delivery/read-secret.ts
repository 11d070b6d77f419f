import type { SecretReference, Target } from "../catalogue/delivery-targets.ts";
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

/**
 * The address of a target that is posted to.
 * @throws MissingSecretError if the variable does not hold one, or one without TLS for a target that may not do without
 */
export function readUrl(
  { url: reference, allowsPrivate }: Extract<Target, { readonly url: unknown }>,
  means: DeliveryMeans,
): URL {
  if (typeof reference === "string") return new URL(reference);
  const url = URL.parse(readSecret(reference, means));
  if (url?.protocol === "https:" || (url?.protocol === "http:" && allowsPrivate)) return url;
  throw new MissingSecretError(`The variable ${reference.env} does not hold an address that begins with https://.`);
}
