export { retryMany, type RetryOrder } from './retry-many.js';
export { SecondTries, type ForkRequest } from './second-tries.js';
