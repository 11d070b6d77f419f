import type { LookupAddress } from "node:dns";
import { expect, test } from "vitest";
import {
  isPrivateAddress,
  lookUpPublic,
  PrivateAddressError,
} from "../../../collector-receiver/src/delivery/refuse-private-address.ts";

test.each([
  "127.0.0.1",
  "127.255.0.9",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fe80::1",
  "fe80::1%eth0",
  "fd00:ec2::254",
  "ff02::1",
  "::ffff:10.0.0.1",
  "::ffff:8.8.8.8",
  "2002:7f00:1::",
  "2001:0:53aa:64c::1",
  "64:ff9b::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b::1",
  "64:ff9b:1::8.8.8.8",
  "not an address",
])("%s is private", (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "223.255.255.254", "2606:4700::6810:84e5", "64:ff9b::8.8.8.8"])(
  "%s is public",
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);

test("a name that leads to this machine is refused as it is resolved for the connection, in both forms", async () => {
  for (const all of [true, false]) {
    const { promise, resolve } = Promise.withResolvers<[Error | null, string | LookupAddress[]]>();
    lookUpPublic("localhost", { all }, (error, found) => resolve([error, found]));
    const [error] = await promise;
    expect(error).toBeInstanceOf(PrivateAddressError);
    expect(error?.message).toMatch(/^localhost leads to .+, which is not a public address/);
  }
});
