/** The names of what Cairn's own spans say, beside OpenTelemetry's own: one trace is found by a run's id. */
export const RUN_ID = 'cairn.run_id';
export const TENANT = 'cairn.tenant';
