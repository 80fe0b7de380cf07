export { findTemplate, findTheme, listTemplates, listThemes } from './catalog.js';
export { readJsonResource } from './read-resource.js';
export { resourceRoot } from './resource-root.js';
