import { RequestError } from "../../stats/request-error.ts";
import { readSharedFile, readSharedPage } from "../../stats/sql/read-share.ts";
import { shorten } from "../../stats/report-period.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import { hashShareToken } from "../share/share-token.ts";
import type { WebApp, WebContext } from "../web-options.ts";

const typeOfFile: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  csv: "text/csv; charset=utf-8",
  json: "application/json; charset=utf-8",
  png: "image/png",
};

/** The only page that asks for no token: the link is the right to see it. */
export const sharedRoute = "/shared/:token";

/**
 * `GET /shared/{token}`: a frozen copy, for whoever has the link, with `file` one of its files. The token is all that
 * is asked for.
 */
export function routeShared(app: WebApp, context: WebContext): void {
  app.get<{ Params: { token: string } }>(sharedRoute, { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, ["file"]);
    const locale = localeOfPage(query, context.locale);
    const tokenHash = hashShareToken(request.params.token);
    // A link that was revoked or has expired is gone: what a browser kept of it is not shown again either.
    void reply.header("cache-control", "private, no-store").header("referrer-policy", "no-referrer");
    const page = tokenHash && (await readSharedPage(context.pool, tokenHash, locale, context.now()));
    if (tokenHash === null || page === null) {
      context.onUnknownShare?.(request);
      throw new RequestError("share_not_found", "there is no such copy", null, 404);
    }
    const name = query["file"];
    if (name === undefined) return sendPage(reply, page, locale);
    const type = typeOfFile[/\.([a-z]+)$/.exec(name)?.[1] ?? ""];
    const file =
      type === undefined ? null : await readSharedFile(context.pool, tokenHash, { locale, name }, context.now());
    if (type === undefined || file === null) {
      throw new RequestError("file_not_found", `this copy has no file "${shorten(name)}"`, "file", 404);
    }
    const shown = name === "report.csv" || name === "report.json" ? "attachment" : "inline";
    return reply
      .type(type)
      .header("content-disposition", `${shown}; filename="spanledger-${file.month}-${locale}-${name}"`)
      .send(file.content);
  });
}
