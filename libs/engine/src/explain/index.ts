export { explainStep, type ExplainParts } from './explain-step.js';
