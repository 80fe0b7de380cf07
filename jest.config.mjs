// Tests run as they ship: compiled by tsc into dist/, with no transform of jest's own.
/** @type {import('jest').Config} */
export default {
  testMatch: ['**/dist/**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['<rootDir>/.nx/', '<rootDir>/.cairn/'],
  transform: {},
  testEnvironment: 'node',
  testTimeout: 30_000,
  maxWorkers: 2,
};
