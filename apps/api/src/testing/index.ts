export { checkedFetch } from './checked-fetch.js';
export { bearer, makeKey, makeTenant } from './keys.js';
export { campaignRequest, campaignTrigger } from './requests.js';
export { sequenced } from './sequenced.js';
export { openGate, type TcpGate } from './tcp-gate.js';
export { NO_TEMPORAL, startTestApi, type TestApi } from './test-api.js';
export { startTestTemporal, type TestTemporal } from './test-temporal.js';
