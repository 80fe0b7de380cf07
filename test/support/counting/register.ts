import { register } from 'node:module';

// Loaded with `--import` into a worker: see hooks.ts.
register('./hooks.js', import.meta.url);
