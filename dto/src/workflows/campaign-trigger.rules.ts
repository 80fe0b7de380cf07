import type { Issue } from '../errors.js';
import { placeButton } from './button-place.js';
import type { CampaignTrigger } from './campaign-trigger.dto.js';

const broken = (path: string, message: string): Issue => ({ path, code: 'VALIDATION_ERROR', message });

/** The rules of a trigger that tie several fields together; for a trigger that its schema already accepts. */
export function campaignTriggerRules(trigger: CampaignTrigger): Issue[] {
  return [...buttonRules(trigger), ...dateRules(trigger), ...regionRules(trigger)];
}

/** A button must be large enough to hit and lie wholly inside the frame. */
function buttonRules({ button, video }: CampaignTrigger): Issue[] {
  const at = placeButton(video, button);
  const issues: Issue[] = [];
  if (at.x + at.width > video.width)
    issues.push(
      broken('/button/width', `must keep the button inside the frame's ${video.width} pixels of width`),
    );
  if (at.y + at.height > video.height)
    issues.push(
      broken('/button/height', `must keep the button inside the frame's ${video.height} pixels of height`),
    );
  return issues;
}

function dateRules({ rules }: CampaignTrigger): Issue[] {
  if (rules.start_date === undefined || rules.end_date === undefined) return [];
  if (Date.parse(rules.end_date) > Date.parse(rules.start_date)) return [];
  return [broken('/rules/end_date', 'must be after start_date')];
}

function regionRules({ rules }: CampaignTrigger): Issue[] {
  const allowed = new Set(rules.allowed_regions);
  return (rules.excluded_regions ?? []).flatMap((region, i) =>
    allowed.has(region)
      ? [broken(`/rules/excluded_regions/${i}`, `must not be among the allowed regions too`)]
      : [],
  );
}
