import { v7 } from 'uuid';

/** A new record id: a UUIDv7, so ids made later sort later. */
export function newId(): string {
  return v7();
}
