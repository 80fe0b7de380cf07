export { CairnError, ValidationError, type Issue } from './errors.js';
