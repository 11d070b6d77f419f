import { StatsError } from "../../stats/stats-error.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import { readSharedPage } from "../share/share-store.ts";
import type { WebApp, WebContext } from "../web-options.ts";

/** `GET /shared/{token}`: a frozen copy, for whoever has the link. The token is all that is asked for. */
export function routeShared(app: WebApp, context: WebContext): void {
  app.get<{ Params: { token: string } }>("/shared/:token", { schema: { hide: true } }, async (request, reply) => {
    const locale = localeOfPage(readQuery(request, []), context.locale);
    const page = await readSharedPage(context.pool, request.params.token, locale, context.now());
    if (page === null) {
      // One answer for wrong, expired and revoked: it tells nobody which links there were.
      throw new StatsError(
        "share_not_found",
        "this link does not work: it is wrong, has expired or was revoked",
        null,
        404,
      );
    }
    return sendPage(reply, page, locale);
  });
}
