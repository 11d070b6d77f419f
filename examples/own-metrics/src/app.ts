import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { Type } from "typebox";
import { BookingDesk } from "./booking-desk.ts";

const bookingRequest = Type.Object({
  guests: Type.Integer({ minimum: 1, maximum: 20 }),
  channel: Type.String({ maxLength: 40 }),
  deposit: Type.Number({ minimum: 0 }),
  meal_at: Type.String({ format: "date-time" }),
  session_id: Type.Optional(Type.String({ maxLength: 64 })),
});

/** A restaurant's bookings: `POST /bookings`, `DELETE /bookings/:id`. */
export function buildBookings(logger: FastifyServerOptions["logger"] = false): FastifyInstance {
  const app = Fastify({ logger, forceCloseConnections: true });
  const bookings = app.withTypeProvider<TypeBoxTypeProvider>().setValidatorCompiler(TypeBoxValidatorCompiler);
  const desk = new BookingDesk();

  bookings.post("/bookings", { schema: { body: bookingRequest } }, async (request, reply) => {
    const { guests, channel, deposit, meal_at, session_id } = request.body;
    const mealAt = new Date(meal_at);
    // Its lead time would be negative: no booking, and no event that the receiver takes.
    if (mealAt.getTime() <= Date.now()) {
      const message = `meal_at = "${meal_at}" has passed; give a time to come`;
      return reply.code(422).send({ error: { code: "meal_in_the_past", message } });
    }
    const booking = desk.book({ guests, channel, deposit, mealAt, sessionId: session_id });
    return reply.code(201).send({ id: booking.id });
  });

  bookings.delete(
    "/bookings/:id",
    { schema: { params: Type.Object({ id: Type.String() }) } },
    async (request, reply) => {
      if (desk.cancel(request.params.id) !== undefined) return reply.code(204).send();
      return reply.code(404).send({ error: { code: "booking_not_found", message: "there is no such booking" } });
    },
  );

  return app;
}
