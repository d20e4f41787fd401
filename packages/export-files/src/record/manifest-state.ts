import type { FinishedImageSet, ManifestLine } from './manifest-line.ts'
import type { FinishedLine, Manifest, ManifestFile } from './read-manifest.ts'

/** What the lines of a manifest add up to. */
export interface ManifestState {
  take(line: ManifestLine, position: Pick<ManifestFile, 'line' | 'endOffset' | 'isFlushed'>): void
  now(): Pick<Manifest, 'files' | 'removed' | 'finished' | 'staged' | 'startOverLine'>
}

/** Makes the state of an empty manifest. */
export function createManifestState(): ManifestState {
  const files = new Map<string, ManifestFile>()
  const removed = new Set<string>()
  const finished = new Map<string, FinishedLine>()
  /** Files whose image set is not finished: they are not of the export yet. */
  const waiting = new Map<string, ManifestFile[]>()
  let staged = new Set<ManifestFile>()
  let startOverLine = 0

  function add(file: ManifestFile): void {
    files.delete(file.path)
    files.set(file.path, file)
    removed.delete(file.path)
  }

  function remove(isUseless: (file: ManifestFile) => boolean): void {
    for (const file of files.values()) {
      if (!isUseless(file)) continue
      files.delete(file.path)
      removed.add(file.path)
    }
  }

  function finish(imageSet: FinishedLine): void {
    const { imageSetId, versionId } = imageSet
    const arrived = (waiting.get(imageSetId) ?? []).filter((file) => file.versionId === versionId)
    waiting.delete(imageSetId)
    // The first line of this kind decides that the files are moved, the second one says that they were.
    staged = new Set([...staged].filter((file) => file.imageSetId !== imageSetId))
    for (const file of arrived) {
      add(file)
      staged.add(file)
    }
    if (imageSet.replaces === true) remove((file) => isReplaced(file, imageSet))
    finished.set(imageSetId, imageSet)
  }

  return {
    take(line, position) {
      if (line.kind === 'file') add({ ...line.file, ...position })
      else if (line.kind === 'staged') {
        const { imageSetId } = line.file
        // They have another path until they are moved: nothing is known to survive a power cut.
        waiting.set(imageSetId, [...(waiting.get(imageSetId) ?? []), { ...line.file, ...position, isFlushed: false }])
      } else if (line.kind === 'finished') finish({ ...line.imageSet, ...position })
      else if (line.kind === 'removed') {
        files.delete(line.path)
        removed.add(line.path)
      } else if (line.kind === 'removed-image-set') {
        remove(({ imageSetId }) => imageSetId === line.imageSetId)
        finished.delete(line.imageSetId)
      } else {
        startOverLine = position.line
        finished.clear()
      }
    },
    now: () => ({ files, removed, finished, staged, startOverLine }),
  }
}

function isReplaced(file: ManifestFile, { imageSetId, versionId }: FinishedImageSet): boolean {
  return file.imageSetId === imageSetId && file.versionId !== versionId
}
