import { compile } from '@cairn/dto';
import { TerminalError, implementSkill } from '@cairn/skill-kit';
import { draftFrom } from './draft.js';
import { assertDrawable, drawableDraft, drawnTexts } from './drawable.js';
import { buttonLabel, fill } from './fill.js';
import { gameConfigFromTemplate } from './skill.js';

export default implementSkill(gameConfigFromTemplate, async ({ input, resources, language, log }) => {
  const { template, theme } = resources;
  const proposed = await draftFrom(language, template, input);
  const draft = await drawableDraft(proposed, input.locale);
  const dropped = Object.keys(proposed.copy ?? {}).filter(key => !Object.hasOwn(draft.copy ?? {}, key));
  if (dropped.length > 0) log.warn('The model proposed texts that no font can draw', { dropped });

  const config = fill(template, theme, input, draft);
  const button_label = buttonLabel(template, input);
  const issues = compile(template.mechanics.schema)
    .check(config.mechanics)
    .map(issue => ({ ...issue, path: `/mechanics${issue.path}` }));
  const [first] = issues;
  if (first !== undefined)
    throw new TerminalError('VALIDATION_ERROR', `${first.path} ${first.message}`, issues);
  await assertDrawable(drawnTexts(config, button_label), config.settings.locale);
  return { config, button_label };
});
