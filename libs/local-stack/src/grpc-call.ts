import { connect } from 'node:http2';

const CALL_WITHIN_MS = 3_000;

/**
 * One unary gRPC call without TLS, of which only the status matters. A client library would need the whole of
 * Temporal's API for two calls with one field each.
 * @param path such as `/grpc.health.v1.Health/Check`
 * @param message the encoded protobuf message
 * @returns the gRPC status code (0 is OK)
 * @throws Error when there is no answer within 3 s
 */
export function grpcStatus(address: string, path: string, message: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${address}`);
    const timer = setTimeout(() => fail(new Error(`no answer from ${address}`)), CALL_WITHIN_MS);
    const fail = (error: Error) => {
      clearTimeout(timer);
      session.destroy();
      reject(error);
    };
    session.on('error', fail);
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const call = session.request(headers);
    let status: number | undefined;
    const note = (fields: Record<string, unknown>) => {
      if (fields['grpc-status'] !== undefined) status = Number(fields['grpc-status']);
    };
    call.on('error', fail);
    call.on('response', note);
    call.on('trailers', note);
    call.on('close', () => {
      clearTimeout(timer);
      session.close();
      if (status === undefined) reject(new Error(`${address} gave no gRPC status`));
      else resolve(status);
    });
    call.resume();
    call.end(frame(message));
  });
}

/** A protobuf message with one string, shorter than 128 bytes, in its first field. */
export function stringMessage(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > 127) throw new RangeError(`too long for one length byte: ${text}`);
  return Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]);
}

/** gRPC's length-prefixed message: one byte for no compression, four for the length. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
