export { interpret as default } from './interpret.js';
