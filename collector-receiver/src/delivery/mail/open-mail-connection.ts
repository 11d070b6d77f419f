import { connect, type Socket } from "node:net";
import { lookUpPublic, refusePrivateLiteral } from "../refuse-private-address.ts";

interface MailConnection {
  readonly host: string;
  readonly port: number;
  readonly allowsPrivate: boolean;
  readonly signal: AbortSignal;
}

/**
 * Connects to a mail server, whose address is looked at as it is resolved for the connection.
 * @throws PrivateAddressError; else what the network says
 */
export function openMailConnection({ host, port, allowsPrivate, signal }: MailConnection): Promise<Socket> {
  if (!allowsPrivate) refusePrivateLiteral(host);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host, port, signal, ...(allowsPrivate ? {} : { lookup: lookUpPublic }) });
  socket.once("error", reject);
  socket.once("connect", () => {
    socket.removeListener("error", reject);
    resolve(socket);
  });
  return promise;
}
