export * from './artifacts.js';
export * from './catalog.js';
export * from './health.js';
export * from './operations.js';
export * from './problem.js';
export * from './runs.js';
export * from './scalars.js';
export { openApiDocument } from './openapi.js';
