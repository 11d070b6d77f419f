import { Type } from "typebox";
import { annotationsDocument } from "../annotations.ts";
import { errorSchema, nullableString, oneOf } from "../answer-schemas.ts";
import { localeIn, localeParameters, periodParameters } from "../query-schemas.ts";
import { annotationKinds, maxAnnotations } from "../sql/read-annotations.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const annotationsSchema = Type.Object(
  {
    start_date: Type.String(),
    end_date: Type.String({ description: "Included" }),
    timezone: Type.String(),
    annotations: Type.Array(
      Type.Object({
        at: Type.String({ description: "ISO 8601" }),
        date: Type.String({ description: "Its business day" }),
        kind: oneOf(annotationKinds),
        subject: nullableString(
          "Of a version the service, of a setting which one (timezone, currency, idle_timeout, agent_heartbeat, working_hours), of a cost its currency",
        ),
        text: nullableString("The note, the version, the new value, or the names of what changed"),
        message: Type.String({ description: "The same in words" }),
      }),
      { description: `In order; at most ${maxAnnotations}` },
    ),
  },
  { description: "What happened in the period" },
);

/** `GET /api/analytics/annotations` */
export function routeAnnotations(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/annotations",
    {
      schema: {
        summary: "What happened in a period: notes, new versions, changes of settings and rules",
        description:
          "Charts over time mark these moments. A version is new when an event first comes from a service whose `service.version` differs from all before; the first version of a service is not marked.",
        tags: ["analytics"],
        querystring: Type.Object({ ...periodParameters, ...localeParameters }, { additionalProperties: false }),
        response: { 200: annotationsSchema, 400: errorSchema },
      },
    },
    (request) =>
      annotationsDocument(context, context.tenantOf(request), request.query, localeIn(request.query, context.locale)),
  );
}
