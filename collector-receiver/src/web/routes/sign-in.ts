import type { FastifyReply, FastifyRequest } from "fastify";
import { formOf } from "../page/take-forms.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import { renderSignIn } from "../page/render-sign-in.ts";
import { isFromOurPage, pathBack } from "../page/sign-in.ts";
import type { WebApp, WebContext } from "../web-options.ts";

/** Whoever signs in has no token yet. */
export const signInRoutes: readonly string[] = ["/sign-in", "/sign-out"];

/**
 * `GET` and `POST /sign-in`: a token once, in a form. `POST /sign-out` forgets it. Without tokens there is nothing to sign in
 * to, and the routes do not exist.
 */
export function routeSignIn(app: WebApp, context: WebContext): void {
  const { signIn } = context;
  if (signIn === undefined) return;
  app.get("/sign-in", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, ["next"]);
    return sendForm(reply, request, { next: pathBack(query["next"] ?? null), wrong: false });
  });
  app.post("/sign-in", { schema: { hide: true } }, async (request, reply) => {
    const form = formOf(request);
    const next = pathBack(form.get("next"));
    // Another site's form is answered with ours.
    if (!isFromOurPage(request)) return sendForm(reply, request, { next, wrong: false });
    if (signIn.open(request, reply, form.get("token") ?? "")) return reply.redirect(next, 303);
    return sendForm(reply.code(401), request, { next, wrong: true });
  });
  app.post("/sign-out", { schema: { hide: true } }, async (request, reply) => {
    if (isFromOurPage(request)) signIn.close(request, reply);
    return reply.redirect("/sign-in", 303);
  });

  function sendForm(
    reply: FastifyReply,
    request: FastifyRequest,
    { next, wrong }: { readonly next: string; readonly wrong: boolean },
  ): FastifyReply {
    const asked = request.body instanceof URLSearchParams ? request.body.get("lang") : null;
    const query = readQuery(request, []);
    const locale = localeOfPage(asked === null ? query : { lang: asked }, context.locale);
    const page = renderSignIn(locale, { next, wrong, sampleData: context.sampleData });
    return sendPage(reply, page, locale);
  }
}
