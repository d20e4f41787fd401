import type { Destination } from '../destination/destination.ts'
import { OutputError } from '../errors.ts'
import { stagedPathOf } from './safe-path.ts'

/**
 * Moves files of an image set from the staging folder to their paths, and flushes them. Skips files that were already
 * moved. `writer` names the writer whose staging folder is used. Default: the staging folder of the destination's own
 * record.
 */
export async function moveFiles(
  destination: Destination,
  imageSetId: string,
  paths: readonly string[],
  writer?: string,
): Promise<void> {
  for (const path of paths) {
    if (destination.move === undefined) throw cannotMove(destination)
    await destination.move(stagedPathOf(writer, imageSetId, path), path)
  }
  await destination.flush?.(paths)
}

function cannotMove({ name }: Destination): OutputError {
  const message =
    `Cannot continue the export in "${name}": files of a new version of an image set are in its staging folder, and this ` +
    'kind of destination cannot move files; resume the export with the kind of destination that wrote them'
  return new OutputError('OUTPUT_FAILED', message, { path: name })
}
