export { artifactVariables, type ArtifactPlace } from './artifacts.js';
export type { EncryptionKeySetting } from './encryption.js';
export type { WebhookConfiguration } from './webhooks.js';
export { ConfigurationError, readConfiguration, type Configuration } from './configuration.js';
