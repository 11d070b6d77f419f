import { expect, test } from "vitest";
import { nameTimezone } from "../../../collector-receiver/src/web/page/name-timezone.ts";

test.each([
  ["Asia/Shanghai", "北京时间"],
  ["PRC", "北京时间"],
  ["America/New_York", "北美东部时间（America/New_York）"],
  ["Asia/Hong_Kong", "香港时间（Asia/Hong_Kong）"],
  // Intl has no name but an offset: the identifier says as much.
  ["UTC", "UTC"],
  ["Etc/GMT+5", "Etc/GMT+5"],
])("%s is %s in Chinese", (timezone, name) => {
  expect(nameTimezone(timezone)).toBe(name);
});
