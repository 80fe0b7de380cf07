import { TenantLimits } from '../http/tenants.js';
import { Type } from 'typebox';
import { eventType } from './event-type.js';

const settings = { name: Type.String(), limits: TenantLimits };

/** What becomes of a tenant. */
export const tenantEvents = {
  'tenant.created': eventType('The tenant was made.', settings),
  'tenant.updated': eventType('The operator has said how much the tenant may have.', settings),
  'tenant.deletion_requested': eventType('The operator deletes the tenant with all that it owns.', {}),
  'tenant.deleted': eventType('All that the tenant owned is gone.', {
    rows: Type.Integer({ minimum: 0, description: 'Records that were removed.' }),
    bytes: Type.Integer({ minimum: 0, description: 'Stored bytes that were removed.' }),
  }),
};
