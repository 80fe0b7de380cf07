/** What is injected though it is no class of ours. */
export const DATA_SOURCE = Symbol('DataSource');
export const ARTIFACT_STORE = Symbol('ArtifactStore');
/** The most bytes that an upload may have: a number. */
export const MAX_UPLOAD = Symbol('most bytes of an upload');
export const CATALOG = Symbol('Catalog');
export const LOG = Symbol('Logger');
export const DOCUMENT = Symbol('OpenAPI document');
/** What plans and explanations stand on: PlanParts of the engine. */
export const PLANNING = Symbol('Planning');
