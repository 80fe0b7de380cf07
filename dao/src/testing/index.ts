export { digestOf, newArtifact, newCacheEntry, newRun, newStep } from './factories.js';
export { type SeenStatement, watchStatements } from './statements.js';
export { createMigratedTestDatabase, createTestDatabase, type TestDatabase } from './test-database.js';
export { writtenEvents } from './written-events.js';
export { startTestServer, type TestServer } from './test-server.js';
