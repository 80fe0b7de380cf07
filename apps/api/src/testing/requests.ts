import { CampaignTrigger, withDefaults } from '@cairn/dto';

/** A trigger of `campaign.build` that is valid; complete, so that single fields can be broken. */
export function campaignTrigger(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const least = { campaign_id: 'neon-nights', campaign_name: 'Neon Nights', template_id: 'spin_wheel_v1' };
  return withDefaults(CampaignTrigger, { ...least, ...fields }) as Record<string, unknown>;
}

/** A request that starts it. */
export const campaignRequest = (fields: Record<string, unknown> = {}) => ({
  workflow: 'campaign.build',
  trigger: campaignTrigger(fields),
});
