export { items } from './map-workflow.js';
export { levels } from './workflow.js';
