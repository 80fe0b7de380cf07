import { TemplateFile, ThemeFile, ValidationError, compile, type Issue, type Validator } from '@cairn/dto';
import { foldersOf, readJsonResource } from './read-resource.js';
import { resourceRoot } from './resource-root.js';

/** A file as the kit's resource, checked; its id must be its folder's name. */
function load<T extends { readonly id: string }>(
  validator: Validator<T>,
  kind: 'templates' | 'themes',
  id: string,
  root: URL,
): T | undefined {
  const path = `${kind}/${id}/${kind === 'templates' ? 'template' : 'theme'}.json`;
  const value = readJsonResource(path, root);
  if (value === undefined) return undefined;
  const found = validator.parse(value, path);
  if (found.id === id) return found;
  const misnamed: Issue = {
    path: '/id',
    code: 'VALIDATION_ERROR',
    message: `must be the folder's name, ${id}`,
  };
  throw new ValidationError([misnamed], path);
}

/**
 * A template by id; undefined where there is none.
 * @throws ValidationError when its file breaks the schema.
 */
export function findTemplate(id: string, root: URL = resourceRoot): TemplateFile | undefined {
  return load(compile(TemplateFile), 'templates', id, root);
}

/**
 * A theme by id; undefined where there is none.
 * @throws ValidationError when its file breaks the schema.
 */
export function findTheme(id: string, root: URL = resourceRoot): ThemeFile | undefined {
  return load(compile(ThemeFile), 'themes', id, root);
}

/** All templates, by id. Folders without a template.json are left out. */
export function listTemplates(root: URL = resourceRoot): TemplateFile[] {
  return foldersOf('templates', root).flatMap(id => findTemplate(id, root) ?? []);
}

/** All themes, by id. Folders without a theme.json are left out. */
export function listThemes(root: URL = resourceRoot): ThemeFile[] {
  return foldersOf('themes', root).flatMap(id => findTheme(id, root) ?? []);
}
