import { Initial1700000000000 } from './1700000000000-initial.js';
import { OneExecutionAndStoreCare1700000001000 } from './1700000001000-one-execution-and-store-care.js';
import { AnswersAndShapes1700000002000 } from './1700000002000-answers-and-shapes.js';
import { EventLog1700000003000 } from './1700000003000-event-log.js';
import { Tenants1700000003100 } from './1700000003100-tenants.js';
import { ApiKeys1700000003200 } from './1700000003200-api-keys.js';
import { Webhooks1700000003400 } from './1700000003400-webhooks.js';
import { Schedules1700000003300 } from './1700000003300-schedules.js';
import { EncryptionKeys1700000003410 } from './1700000003410-encryption-keys.js';
import { ListIndexes1700000003500 } from './1700000003500-list-indexes.js';
import { BlobGenerations1700000003600 } from './1700000003600-blob-generations.js';

/** Every migration, oldest first. One that has been released is never edited: a change is a new one. */
export const migrations = [
  Initial1700000000000,
  OneExecutionAndStoreCare1700000001000,
  AnswersAndShapes1700000002000,
  EventLog1700000003000,
  Tenants1700000003100,
  ApiKeys1700000003200,
  Schedules1700000003300,
  Webhooks1700000003400,
  EncryptionKeys1700000003410,
  ListIndexes1700000003500,
  BlobGenerations1700000003600,
];
