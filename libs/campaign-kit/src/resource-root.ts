/**
 * The folder under which the kit's resources stand: `templates/<id>/`, `themes/<id>/`, `player/`. Paths of
 * declared resources are relative to it.
 */
export const resourceRoot = new URL('../', import.meta.url);
