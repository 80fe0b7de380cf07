export { collect, CollectionRunningError, type CollectionOptions } from './collect.js';
export { deleteRun } from './delete-run.js';
export { isIdle, type Amount, type CollectionFigures, type CollectionReport } from './report.js';
export { storeUsage, type StoreUsage } from './store-usage.js';
export type { CollectionLimits, StoreParts } from './tenant-work.js';
export { verifyStore, type DamagedBlob, type Verification, type VerifyOptions } from './verify-store.js';
