import { readLive } from "../../stats/live.ts";
import { renderLive } from "../live/render-live.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { frameOf } from "../page/page-frame.ts";

/** `GET /live`: today's counters for a screen on a wall. */
export function routeLivePage(app: WebApp, context: WebContext): void {
  app.get("/live", { schema: { hide: true } }, async (request, reply) => {
    const locale = localeOfPage(readQuery(request, []), context.locale);
    return sendPage(
      reply,
      renderLive(await readLive(context, context.tenantOf(request)), locale, frameOf(context, request)),
      locale,
    );
  });
}
