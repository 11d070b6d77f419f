import type { Pool } from "pg";
import type { Config } from "./config/config.ts";
import type { Attachment, Message } from "./delivery/message.ts";
import { periodAddress } from "./stats/name-period.ts";
import { readSharedFile } from "./stats/sql/read-share.ts";
import type { PreparedReport, ReportSending } from "./upkeep/enqueue-due-reports.ts";
import type { ShareDesk } from "./web/share/share-desk.ts";
import { makeShareToken } from "./web/share/share-token.ts";

/** How long the link in a message works. */
const linkDays = 90;

interface ReportParts {
  readonly config: Pick<Config, "publicUrl" | "sampleData">;
  readonly freeze: ShareDesk["freeze"];
  /** Milliseconds since 1970 by PostgreSQL's clock. */
  readonly now: () => number;
}

/** Makes the reports that schedules send: a frozen copy behind a link, and its summary. */
export function createReportPreparation({ config, freeze, now }: ReportParts): ReportSending["prepare"] {
  return async (tenantId, range, least): Promise<PreparedReport> => {
    const expiresAt = new Date(now() + linkDays * 86_400_000);
    const frozen = await freeze(tenantId, periodAddress(range), { least, expiresAt, sampleData: config.sampleData });
    const { token, tokenHash } = makeShareToken();
    const { publicUrl } = config;
    const messageOf = ({ tenantName, ...said }: (typeof frozen.summaries)["en"]) => ({
      tenantName: tenantName ?? tenantId,
      ...said,
    });
    return {
      period: frozen.slug,
      tokenHash,
      share: { tenantId, month: frozen.slug, pages: frozen.pages, files: frozen.files, expiresAt },
      linkOf: (locale) => (publicUrl === undefined ? null : `${publicUrl}/shared/${token}?lang=${locale}`),
      messages: { en: messageOf(frozen.summaries.en), "zh-CN": messageOf(frozen.summaries["zh-CN"]) },
    };
  };
}

/** The PDF of a report's shared copy, in the language of the message; none if the copy was revoked meanwhile. */
export async function readReportFile(
  pool: Pick<Pool, "query">,
  { report, locale }: Message,
  nowMs: number,
): Promise<Attachment[]> {
  if (report === undefined) return [];
  const tokenHash = Buffer.from(report.share, "hex");
  const file = await readSharedFile(pool, tokenHash, { locale, name: "report.pdf" }, nowMs);
  if (file === null) return [];
  const name = `spanledger-${file.month}-${locale}-report.pdf`;
  return [{ name, contentType: "application/pdf", content: file.content }];
}
