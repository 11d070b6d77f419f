import { createTenantResolver, type IngestGrant, type TenantResolver } from "./resolve-ingest-token.ts";

/** A list of tokens that can be replaced while requests are served: each request sees one list, whole. */
export class ReloadableTokens {
  #resolve: TenantResolver;

  constructor(grants: readonly IngestGrant[]) {
    this.#resolve = createTenantResolver(grants);
  }

  readonly resolve: TenantResolver = (authorization) => this.#resolve(authorization);

  /** @param grants at least one: an empty list would let everybody in */
  replace(grants: readonly IngestGrant[]): void {
    if (grants.length === 0) throw new RangeError("a list of tokens cannot become empty while requests are served");
    this.#resolve = createTenantResolver(grants);
  }
}
