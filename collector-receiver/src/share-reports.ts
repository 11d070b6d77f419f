import { deserialize, serialize } from "node:v8";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { ReadingThread } from "./reading-thread.ts";
import type { StatsReader } from "./stats/read-period.ts";
import { RequestError } from "./stats/request-error.ts";
import { listShares } from "./stats/sql/list-shares.ts";
import { insertShare } from "./storage/shares/insert-share.ts";
import { revokeShare } from "./storage/shares/revoke-share.ts";
import { freezeReport } from "./web/share/freeze-report.ts";
import type { FrozenFile, FrozenReport } from "./web/share/frozen-report.ts";
import type { ShareDesk } from "./web/share/share-desk.ts";

/** Known to the reading thread alone: no address of the receiver leads to it. */
const frozenRoute = "/frozen-report";

interface ShareParts {
  /** Connections that may write. */
  readonly pool: Pool;
  readonly reading: { readonly pool: Pool; readonly now?: () => number };
  /** Where reports are frozen; undefined: here. */
  readonly thread: Pick<ReadingThread, "answer"> | undefined;
}

/** Shares reports from the page: pages and files are made in the reading thread, and written here. */
export function createShareDesk({ pool, reading, thread }: ShareParts): ShareDesk {
  const now = reading.now ?? Date.now;
  return {
    async freeze(tenantId, asked, options) {
      if (thread === undefined) return freezeReport({ pool: reading.pool, now }, tenantId, asked, options);
      const { least, expiresAt, sampleData } = options;
      const query = new URLSearchParams({ least: String(least), until: expiresAt.toISOString() });
      for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, String(value));
      if (sampleData) query.set("sample", "1");
      const aheadMs = now() - Date.now();
      const question = {
        url: `${frozenRoute}?${query.toString()}`,
        tenantId,
        account: null,
        accept: "*/*",
        languages: undefined,
        aheadMs,
      };
      const { status, body } = await thread.answer(question);
      if (status === 200) return frozenOf(deserialize(body) as FrozenReport);
      throw new RequestError("reading_interrupted", "The report could not be frozen: try again.", null, 503);
    },
    store: (tokenHash, share) => insertShare(pool, tokenHash, share),
    list: (tenantId) => listShares(pool, tenantId),
    revoke: (tenantId, id) => revokeShare(pool, id, tenantId),
  };
}

/** Buffers that came from another thread are plain arrays of bytes. */
function frozenOf({ files, ...rest }: FrozenReport): FrozenReport {
  const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => Buffer.from(buffer, byteOffset, byteLength);
  return { ...rest, files: files.map((file): FrozenFile => ({ ...file, content: bufferOf(file.content) })) };
}

/** In the reading thread: what `createShareDesk` asks for. */
export function answerFrozenReports(
  app: FastifyInstance,
  reading: StatsReader & { readonly tenantOf: (request: FastifyRequest) => string },
): void {
  app.get(frozenRoute, async (request, reply) => {
    const { least, until, sample, ...query } = request.query as Record<string, string | undefined>;
    const frozen = await freezeReport(reading, reading.tenantOf(request), query, {
      least: Number(least),
      expiresAt: new Date(until ?? Number.NaN),
      sampleData: sample === "1",
    });
    return reply.type("application/octet-stream").send(serialize(frozen));
  });
}
