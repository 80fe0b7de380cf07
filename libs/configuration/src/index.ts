export { ConfigurationError, readConfiguration, type Configuration } from './configuration.js';
