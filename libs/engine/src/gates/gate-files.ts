import { repositories, type DataSource, type Gate } from '@cairn/dao';
import { pointerToken, type http } from '@cairn/dto';
import { filesIn } from '../blobs/files-in.js';

/** The files of what a gate shows, with artifacts of its run by which a person can look at them. */
export async function gateFiles(
  dataSource: DataSource,
  { tenantId, runId, shown }: Gate,
): Promise<http.GateFile[]> {
  const files = filesIn(shown);
  const rows = await repositories(dataSource).artifacts.listArtifactsWithBytes(
    tenantId,
    runId,
    files.map(({ file }) => file.digest),
  );
  return files.map(({ path, file: { type, digest, size, filename } }) => {
    const same = rows.filter(({ contentHash }) => contentHash === digest);
    // The bytes may have several names; they are served under the one that is shown.
    const row = same.find(each => each.type === type && each.filename === (filename ?? null)) ?? same[0];
    return {
      path: path.map(token => `/${pointerToken(token)}`).join(''),
      ...{ type, digest, size },
      ...(filename !== undefined && { filename }),
      ...(row && { artifactId: row.id }),
    };
  });
}
