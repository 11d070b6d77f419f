import { escapeHtml, unescapeHtml } from "../bytes/html-entities.ts";
import { censoredColumns, censorColumn } from "../storage/erase/censor-columns.ts";
import { countLeft, emptyShares, findShares } from "../storage/erase/empty-shares.ts";
import { findMentions, jsonFragment, rewriteEvents } from "../storage/erase/find-mentions.ts";
import type { EventWithTexts } from "../storage/erase/read-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { aiPriceKeys } from "../metrics/ai-calls.ts";
import {
  censorChannel,
  censorEvent,
  censorEventName,
  censorPriceWord,
  censorSegments,
  censorWord,
  mentions,
} from "./censor-events.ts";
import type { Censor } from "./censor.ts";

/** Texts that named the person outside of the person's own rows. */
export interface ForgottenTexts {
  /** Other events whose texts named the person: only the id was taken out. */
  readonly mentions: number;
  /** Rows of counters, names and reasons in which the id stood. */
  readonly words: number;
  /** Shared copies that named the person: revoked and emptied. */
  readonly shares: number;
  /** Where the id may still stand, and why. */
  readonly left: readonly string[];
}

/** Columns whose texts go through the same function as the events that they were counted from. */
const censoredAs: Readonly<Record<string, (censor: Censor, text: string) => string>> = {
  event_name: censorEventName,
  value: censorWord,
  detail: censorWord,
  channel: censorChannel,
  segments: censorSegments,
  prev_segments: censorSegments,
  ...Object.fromEntries(aiPriceKeys.map((name) => [name, censorPriceWord])),
};

/** Takes the identifier out of everything but the person's own rows, which are anonymised already. */
export async function forgetTexts(
  client: WriterConnection,
  tenantId: string,
  censor: Censor,
  found: readonly EventWithTexts[],
): Promise<ForgottenTexts> {
  const again = await findMentions(client, tenantId, censor.id, found);
  const naming = again.filter((event) => mentions(censor, event));
  if (naming.length > 0) {
    await rewriteEvents(
      client,
      tenantId,
      naming.map((event) => censorEvent(censor, event)),
    );
  }
  let words = 0;
  for (const column of censoredColumns) {
    const special = censoredAs[column.column];
    words += await censorColumn(client, tenantId, censor.id, column, (text, maxLength) =>
      special === undefined ? censor.text(text, maxLength) : special(censor, text),
    );
  }
  const shares = await findNamingShares(client, tenantId, censor);
  if (shares.length > 0) await emptyShares(client, tenantId, shares);
  return { mentions: naming.length, words, shares: shares.length, left: await describeLeft(client, tenantId, censor) };
}

/** Keys of the shared copies whose pages name the person. */
export async function findNamingShares(client: WriterConnection, tenantId: string, censor: Censor): Promise<Buffer[]> {
  // An id of few characters would be found in a page's markup.
  if (!censor.findsInTexts) return [];
  const found = await findShares(client, tenantId, [censor.id, escapeHtml(censor.id)]);
  return found
    .filter(({ pages }) => pages.some((page) => censor.finds(unescapeHtml(page))))
    .map((share) => share.tokenHash);
}

/** What an erasure does not reach, and why. */
export async function describeLeft(client: WriterConnection, tenantId: string, censor: Censor): Promise<string[]> {
  const { audit, definitions } = await countLeft(client, tenantId, jsonFragment(censor.id));
  return [
    ...(audit > 0 ? [`${audit} entries of the audit hold the text: nobody changes the audit`] : []),
    ...(definitions > 0 ? ["the definitions of spanledger.config hold the text: change the file"] : []),
    ...(censor.findsInTexts
      ? []
      : ["the id is too short to be looked for within texts: only whole values and keys were compared"]),
  ];
}
