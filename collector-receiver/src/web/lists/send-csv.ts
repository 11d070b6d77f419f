import type { FastifyReply } from "fastify";

/** Sends a list as a file. @param name without the extension */
export function sendCsv(reply: FastifyReply, name: string, csv: string): FastifyReply {
  return reply
    .type("text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="spanledger-${name}.csv"`)
    .send(csv);
}
