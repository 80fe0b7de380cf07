export { StackError, type StackErrorCode } from './errors.js';
export type { LocalStack, LocalStackOptions, StackPartInfo } from './local-stack.js';
export { startPostgres, type PostgresOptions, type RunningPostgres } from './postgres.js';
export type { StackPart } from './stack-memory.js';
export { findS3Gateway, S3_GATEWAY_VERSION, startS3, type RunningS3, type S3Options } from './s3-gateway.js';
export { startLocalStack } from './start-local-stack.js';
export {
  startTemporal,
  type RunningTemporal,
  type SearchAttributeType,
  type TemporalOptions,
} from './temporal.js';
export { findTemporalBinary, TEMPORAL_VERSION } from './temporal-binary.js';
export type { KeeperOrder } from './keeper-order.js';
export { startKept, type KeptProcess } from './kept-process.js';
export { goInstall, type GoProgram } from './go-install.js';
export { cacheFolder, cachedProgram, type Search } from './program-cache.js';
