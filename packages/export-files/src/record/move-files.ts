import type { Destination } from '../destination/destination.ts'
import { OutputError } from '../errors.ts'
import { stagedPathOf } from './safe-path.ts'

/**
 * Moves files of an image set to the paths that they are to have. Those that were moved before are left alone. `writer`: whose
 * files wait, if not those of the record of the destination.
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
    `Cannot go on with the export in "${name}": files of a new version of an image set wait there, and this kind of ` +
    'destination cannot move files; resume the export with the kind of destination that wrote them'
  return new OutputError('OUTPUT_FAILED', message, { path: name })
}
