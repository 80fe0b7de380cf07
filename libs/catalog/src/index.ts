export { CatalogError, loadCatalog, type Catalog, type CatalogSkill } from './catalog.js';
