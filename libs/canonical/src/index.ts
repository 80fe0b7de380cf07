export { DIGEST_PATTERN, digestOf, sha256, type Digest } from './digest.js';
export { jcs, type Json } from './jcs.js';
export { NotJsonError, keyInput } from './key-input.js';
