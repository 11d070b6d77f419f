import { expect, test } from "vitest";
import { compilePdf } from "../../../collector-receiver/src/web/export/compile-pdf.ts";
import { reportFontFolder } from "../../../collector-receiver/src/web/export/report-fonts.ts";

const document = (source: string) => ({ source, input: "{}", fontFolder: reportFontFolder, createdAtSeconds: 0 });

test("tenants take turns in the thread that makes PDF files, and one of them alone cannot fill the line", async () => {
  const order: string[] = [];
  const make = (tenantId: string) =>
    compilePdf(tenantId, document("Hello")).then((pdf) => order.push(`${tenantId} ${pdf.subarray(0, 5).toString()}`));
  const flood = Array.from({ length: 11 }, () => make("flooding"));
  const quiet = make("quiet");
  await expect(flood[10]).rejects.toMatchObject({ code: "too_many_documents" });
  await Promise.all([...flood.slice(0, 10), quiet]);
  expect(order.indexOf("quiet %PDF-")).toBeLessThanOrEqual(2);
  expect(order).toHaveLength(11);
});

test("a document that cannot be made fails alone", async () => {
  const wrong = compilePdf("brand", document("#panic(1)"));
  const right = compilePdf("brand", document("Hello"));
  await expect(wrong).rejects.toBeInstanceOf(Error);
  expect((await right).subarray(0, 5).toString()).toBe("%PDF-");
});
