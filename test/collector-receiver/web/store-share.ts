import type { Pool } from "pg";
import { insertShare, type NewShare } from "../../../collector-receiver/src/storage/shares/insert-share.ts";
import { makeShareToken, type ShareToken } from "../../../collector-receiver/src/web/share/share-token.ts";

/** Stores a shared copy under a new token, as `spanledger share` does. */
export async function storeShare(pool: Pool, share: NewShare): Promise<ShareToken> {
  const token = makeShareToken();
  await insertShare(pool, token.tokenHash, share);
  return token;
}
