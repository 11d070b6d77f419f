import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { withBusinessContext } from "@spanledger/sdk";
import { queryTracking } from "../query-tracking.ts";
import type { ChatServices } from "../run-turn.ts";

/** `GET /api/tracking/:number`: where a parcel is; 404 where the carrier does not know it. */
export const trackingRoute: FastifyPluginAsyncTypebox<{ services: ChatServices }> = async (app, { services }) => {
  app.get(
    "/api/tracking/:number",
    {
      schema: {
        params: Type.Object({ number: Type.String({ minLength: 4, maxLength: 40, pattern: "^[0-9A-Za-z-]+$" }) }),
        querystring: Type.Object({ session_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) }),
      },
    },
    async (request, reply) => {
      const trackingNumber = request.params.number.toUpperCase();
      const parcel = await withBusinessContext({ session_id: request.query.session_id }, () =>
        queryTracking(trackingNumber, services.pace),
      );
      if (!parcel.found) {
        return reply.code(404).send({
          error: {
            code: "parcel_not_found",
            message: `no carrier knows the parcel "${trackingNumber}" yet; check the number or try again tomorrow`,
          },
        });
      }
      return { tracking_number: trackingNumber, carrier: parcel.carrier, status: parcel.status };
    },
  );
};
