import proto from '@temporalio/proto';
import type { History } from './history-files.js';

const { History: Message } = proto.temporal.api.history.v1;

/** A history as plain JSON: enums by name, whole numbers as text, bytes in base64. */
export const plainHistory = (history: proto.temporal.api.history.v1.IHistory): History =>
  Message.toObject(Message.fromObject(history), { enums: String, longs: String, bytes: String }) as History;

/** A history as Temporal's worker takes it. */
export const messageOf = (history: History): ReturnType<typeof Message.fromObject> =>
  Message.fromObject(history);
