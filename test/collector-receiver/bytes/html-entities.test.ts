import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHtml, unescapeHtml } from "../../../collector-receiver/src/bytes/html-entities.ts";

test("a text in a page is read back as it was, also one that holds entities", () => {
  const pieces = fc.constantFrom("<", ">", '"', "'", "&", "amp;", "lt;", "#39;", "quot;", "u-7", "客户");
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const page = escapeHtml(text);
      expect(page).not.toMatch(/[<>"']/);
      expect(unescapeHtml(page)).toBe(text);
    }),
  );
  expect(unescapeHtml("&nbsp;&lt;")).toBe("&nbsp;<");
});

test("entities are those that stored copies of reports hold, so that an erase finds a text in older ones", () => {
  expect(escapeHtml(`<a title="1" id='2'>&`)).toBe("&lt;a title=&quot;1&quot; id=&#39;2&#39;&gt;&amp;");
});
