export { loadCatalog, type Catalog } from './catalog.js';
export { CatalogError } from './catalog-error.js';
export { SHIPPED_CATALOG } from './catalog-file.js';
export { loadPackage, type CatalogPackage, type CatalogSkill } from './load-package.js';
export { releaseGraphs, type Release } from './release-graphs.js';
