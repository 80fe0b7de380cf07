import {
  TemplateFile,
  campaignTriggerRules,
  compile,
  completeMechanics,
  type CampaignTrigger,
  type Issue,
} from '@cairn/dto';
import type { TriggerServices } from '@cairn/pipeline';

const broken = (path: string, message: string): Issue => ({ path, code: 'VALIDATION_ERROR', message });

/**
 * The rules of a campaign's trigger beyond its schema: fields that depend on each other, and what only the
 * installed templates and themes can tell.
 *
 * @throws ValidationError when the template's own file is broken.
 */
export function campaignRules(trigger: CampaignTrigger, services: TriggerServices): readonly Issue[] {
  return [
    ...templateRules(trigger, services),
    ...themeRules(trigger, services),
    ...campaignTriggerRules(trigger),
  ];
}

function templateRules(trigger: CampaignTrigger, services: TriggerServices): Issue[] {
  const path = `templates/${trigger.template_id}/template.json`;
  const file = services.resource(path);
  if (file === undefined)
    return [broken('/template_id', `must name a template that exists, not ${trigger.template_id}`)];
  const template = compile(TemplateFile).parse(file, path);
  const mechanics = completeMechanics(template, trigger.locale, trigger.mechanics);
  return compile(template.mechanics.schema)
    .check(mechanics)
    .map(issue => ({ ...issue, path: `/mechanics${issue.path}` }));
}

function themeRules(trigger: CampaignTrigger, services: TriggerServices): Issue[] {
  const file = services.resource(`themes/${trigger.theme}/theme.json`);
  return file === undefined ? [broken('/theme', `must name a theme that exists, not ${trigger.theme}`)] : [];
}
