import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadDefinitions } from "../../../collector-receiver/src/catalogue/load-definitions.ts";
import { typedEvents } from "../../../collector-receiver/src/languages/typed-events.ts";
import { writeGo } from "../../../collector-receiver/src/languages/write-go.ts";
import { findGoProduct } from "../../../deploy/setup/build-go-product.ts";
import { findGo } from "../../../deploy/setup/find-language.ts";
import { describeWith } from "../../support/describe-with.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { checkGo, layOutGoModule } from "./go-package.ts";
import { hardDefinitions, ownDefinitions } from "./own-definitions.ts";

const config = join(import.meta.dirname, "../../../examples/own-metrics/spanledger.config.ts");

describeWith(
  "the modules of the product in Go (npm run setup)",
  await findGoProduct(),
  () => {
    test("Go's functions of any config build, and pass go vet", async () => {
      const folder = layOutGoModule("");
      await fc.assert(
        fc.asyncProperty(ownDefinitions, async (own) => {
          writeFileSync(join(folder, "businessevents/functions.go"), writeGo(typedEvents(own)));
          expect(await checkGo(folder)).toBe("");
        }),
        { numRuns: propertyRuns(3), examples: [[hardDefinitions]] },
      );
    });

    test("a wrong call in Go does not build", async () => {
      const right = [
        'e.SessionStart(ctx, "s-1", businessevents.SessionStart{})',
        'e.SessionStart(ctx, "s-1", businessevents.SessionStart{Channel: new(businessevents.ChannelWeb), Test: new(true)})',
        'e.SessionStart(ctx, "s-1", businessevents.SessionStart{Channel: new(businessevents.Channel(text))})',
        'e.SessionMessage(ctx, "s-1", businessevents.SessionMessage{MessageLength: new(3), ResponseTimeMs: new(2.0)})',
        "e.TicketClosed(ctx, 7, businessevents.TicketClosed{ResolutionDurationHours: new(2.5), SLAMet: new(false)})",
        "e.BookingConfirmed(ctx, 2, businessevents.BookingConfirmed{Channel: new(businessevents.BookingConfirmedChannelPhone)})",
        "e.BookingCancelled(ctx, businessevents.BookingCancelled{})",
        'e.RecordBusinessEvent(ctx, "coupon.redeemed", businessevents.Occurrence{}, attribute.String("code", "x"))',
      ];
      const wrong = [
        "e.SessionStart(ctx, businessevents.SessionStart{})",
        "e.SessionStart(ctx, 1, businessevents.SessionStart{})",
        'e.SessionStart(ctx, "s-1", businessevents.SessionMessage{})',
        'e.SessionStart(ctx, "s-1", businessevents.SessionStart{Chanel: new(businessevents.ChannelWeb)})',
        'e.SessionStart(ctx, "s-1", businessevents.SessionStart{Channel: new("wbe")})',
        'e.SessionStart(ctx, "s-1", businessevents.SessionStart{Channel: new(businessevents.RoleAI)})',
        'e.SessionMessage(ctx, "s-1", businessevents.SessionMessage{MessageLength: new(3.5)})',
        'e.SessionMessage(ctx, "s-1", businessevents.SessionMessage{ResponseTimeMs: new("2")})',
        'e.TicketClosed(ctx, 7, businessevents.TicketClosed{SLAMet: new("yes")})',
        'e.SessionStrat(ctx, "s-1", businessevents.SessionStart{})',
        "e.BookingConfirmed(ctx, businessevents.BookingConfirmed{})",
        'e.RecordBusinessEvent(ctx, "coupon.redeemed", businessevents.Occurrence{}, "code", "x")',
      ];
      const folder = layOutGoModule(writeGo(typedEvents(await loadDefinitions(config, new Set()))));
      const layOut = (calls: readonly string[]): string[] => {
        const head = [
          "package main",
          'import ("context"; "go.opentelemetry.io/otel/attribute"; "spanledger.local/go-product/businessevents")',
          "func main() {}",
          "var _ = attribute.String",
          "func calls(ctx context.Context, e businessevents.Functions, text string) {",
        ];
        const lines = [...head, ...calls.map((call) => `\t${call}`), "}"];
        writeFileSync(join(folder, "main.go"), `${lines.join("\n")}\n`);
        return lines;
      };
      layOut(right);
      expect(await checkGo(folder)).toBe("");
      const lines = layOut([...right, ...wrong]);
      const places = [...(await checkGo(folder)).matchAll(/main\.go:(\d+):/g)].map(([, line]) => Number(line));
      expect([...new Set(places)].map((line) => lines[line - 1]?.trim())).toEqual(wrong);
    });
  },
  (await findGo()).reason,
);
