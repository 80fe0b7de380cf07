export { AddressRules, LOOPBACK } from './address-rules.js';
export { SecretSafe } from './secret-safe.js';
export { newSecret, signedHeaders, type SignedMessage } from './secret.js';
export { Courier, COURIER_DEFAULTS, type CourierParts, type CourierSettings } from './courier.js';
export type { Render } from './fan-out.js';
export { WebhookService, type WebhookServiceParts, type WithSecret } from './webhook-service.js';
export { OUTCOMES } from './types.js';
