// Recomputes every checksum that a campaign's manifest.json names. It shares no code with what made it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const sha256 = data => `sha256:${createHash('sha256').update(data).digest('hex')}`;
const canonical = v =>
  Array.isArray(v)
    ? `[${v.map(canonical).join(',')}]`
    : v && typeof v === 'object'
      ? `{${Object.keys(v)
          .sort()
          .map(k => `${JSON.stringify(k)}:${canonical(v[k])}`)
          .join(',')}}`
      : JSON.stringify(v);

const { checksum, ...rest } = manifest;
const wrong = sha256(canonical(rest)) === checksum ? [] : ['manifest.json'];
const assets = Object.values(manifest.assets).flat();
for (const { uri, size_bytes, checksum: expected } of assets) {
  const bytes = readFileSync(join(folder, uri));
  if (sha256(bytes) !== expected || bytes.length !== size_bytes) wrong.push(uri);
}
console.log(JSON.stringify({ checked: assets.length + 1, wrong }));
process.exit(wrong.length === 0 ? 0 : 1);
