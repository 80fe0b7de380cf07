/** What is injected though it is no class of ours. */
export const DATA_SOURCE = Symbol('DataSource');
export const ARTIFACT_STORE = Symbol('ArtifactStore');
export const CATALOG = Symbol('Catalog');
export const DOCUMENT = Symbol('OpenAPI document');
