import { v5, v7 } from 'uuid';

/** A new record id: a UUIDv7, so ids made later sort later. */
export function newId(): string {
  return v7();
}

/** The id of what there is once for each name below a record: a UUIDv5, the same whoever derives it. */
export function derivedId(recordId: string, name: string): string {
  return v5(name, recordId);
}
