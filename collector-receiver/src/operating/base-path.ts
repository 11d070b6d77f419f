import type { FastifyInstance } from "fastify";

/**
 * Takes BASE_PATH off the address of a request, so that the receiver works behind a proxy that keeps the path as well as
 * behind one that strips it.
 * @param basePath without a slash at its end; "" if there is none
 */
export function createBasePathRemover(basePath: string): (url: string | undefined) => string | undefined {
  if (basePath === "") return (url) => url;
  return (url) => {
    if (url?.startsWith(basePath) !== true) return url;
    const rest = url.slice(basePath.length);
    if (rest === "" || rest.startsWith("?")) return `/${rest}`;
    return rest.startsWith("/") ? rest : url;
  };
}

/** An address in a tag of a page or picture that begins at our root. In text, a quotation mark is escaped. */
const rootAddress = /(\s(?:href|src|(?:form)?action))="\/(?!\/)/g;

/** Puts BASE_PATH before every link of the pages that are registered afterwards, and before where an answer leads. */
export function prefixLinks(app: FastifyInstance, basePath: string): void {
  if (basePath === "") return;
  app.addHook("onSend", async (_request, reply, payload) => {
    const location = reply.getHeader("location");
    if (typeof location === "string" && location.startsWith("/")) void reply.header("location", basePath + location);
    const isPage = typeof payload === "string" && String(reply.getHeader("content-type")).startsWith("text/html");
    return isPage ? payload.replace(rootAddress, `$1="${basePath}/`) : payload;
  });
}
