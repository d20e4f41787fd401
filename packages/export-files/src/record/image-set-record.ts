import type { Destination } from '../destination/destination.ts'
import type {
  FinishedEntry,
  InstanceKey,
  ManifestEntry,
  RemovalEntry,
  RemovedImageSetEntry,
  StagedEntry,
} from './entries.ts'
import type { ImageSets, RecordedImageSet } from './image-sets.ts'
import type { LineLog } from './line-log.ts'
import type { RecordedFile } from './manifest-line.ts'
import { moveFiles } from './move-files.ts'
import { readManifest } from './read-manifest.ts'
import { recordedStem } from './recorded-stem.ts'
import { stagedPath, unstagedPath } from './safe-path.ts'

/** A version of an image set of which everything is written that is selected. */
export interface ImageSetToFinish extends Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'versionId'> {
  /** Selected instances. */
  readonly instances: number
  /** False if some of them are recorded of another image set: the next run reads this one again. Default true. */
  readonly isWhole?: boolean | undefined
}

/** A new version of an image set whose files wait in the staging folder. */
export interface ImageSetToReplace extends ImageSetToFinish {
  /** All of them, with the paths where they wait. */
  readonly entries: readonly ManifestEntry[]
}

/** The image sets in the record of an export. */
export interface ImageSetRecord {
  /**
   * Returns the version of an image set of which all is recorded that this run selects, and all files are there as this
   * run would write them. Undefined if there is none.
   */
  imageSetVersion(imageSetId: string): string | undefined
  /** Returns what is recorded of an image set. */
  imageSet(imageSetId: string): RecordedImageSet | undefined
  /** Yields every image set with files in the record. */
  imageSets(): AsyncIterable<RecordedImageSet>
  /** Yields the recorded files of an image set. Reads the whole manifest: not to be called for each image set. */
  filesOf(imageSetId: string): AsyncIterable<RecordedFile>
  /** Yields all recorded files, each with the path that the layout gave. Reads the whole manifest. */
  files(): AsyncIterable<RecordedFile & { readonly stem: string }>
  /** Records that files are not of the export any more. They are removed as those of {@link removeImageSet} are. */
  removeFiles(paths: readonly string[]): Promise<void>
  /**
   * Records that all that is selected of a version of an image set is written and recorded. In mode `sync`, files of
   * other versions that were recorded before do not count any more: {@link ExportRecord.finish} removes them, or the next
   * run when it opens the record.
   */
  finishImageSet(imageSet: ImageSetToFinish): Promise<void>
  /**
   * Records that an image set is not of the export any more. {@link ExportRecord.finish} removes its files, or the next
   * run when it opens the record.
   */
  removeImageSet(imageSetId: string): Promise<void>
  /**
   * Returns the path without extension where files of an instance wait until {@link replaceImageSet}. Undefined if the
   * destination cannot move or list files: its image sets cannot be replaced as a whole.
   */
  stage(stem: string, key: Pick<InstanceKey, 'imageSetId'>): string | undefined
  /**
   * Replaces an image set by a new version whose files wait. One write to the manifest decides: after a kill, the image
   * set is the old or the new one as a whole once the record is opened again. Do not `add` the entries before, and call
   * no {@link finishImageSet}.
   */
  replaceImageSet(imageSet: ImageSetToReplace): Promise<void>
}

/** Parts of an {@link ImageSetRecord}. */
export interface ImageSetRecordParts {
  readonly destination: Destination
  readonly manifest: LineLog
  readonly imageSets: ImageSets
  /** Whether files of other versions are removed. */
  readonly replaces: boolean
  /** Name of what the run selects. */
  readonly selection: string | undefined
  /** Bytes of memory for each map. */
  readonly mapMemory: number | undefined
  /** Called before anything is recorded. */
  requireOpen(): void
  /** Called when files are recorded that survive a power cut. */
  onRecorded(entries: readonly ManifestEntry[]): void
  /** Called when a line makes files useless that were recorded before. */
  onUseless(): void
}

/** Makes the part of a record that is about image sets. */
export function createImageSetRecord(parts: ImageSetRecordParts): ImageSetRecord {
  const { destination, manifest, imageSets, selection } = parts

  function finishedEntry(imageSet: ImageSetToFinish, files: number): FinishedEntry {
    const { datastoreId, imageSetId, versionId, instances, isWhole = true } = imageSet
    const replaces = parts.replaces && imageSets.hasOther(imageSet) ? ({ replaces: true } as const) : {}
    if (replaces.replaces === true) parts.onUseless()
    return {
      datastoreId,
      imageSetId,
      versionId,
      instances,
      files,
      ...(selection === undefined || !isWhole ? {} : { selection }),
      ...replaces,
      finished: true,
    }
  }

  async function* recordedFiles(): AsyncGenerator<RecordedFile> {
    using found = await readManifest(destination.record, { maxMemory: parts.mapMemory })
    yield* found?.files() ?? []
  }

  function countFiles({ imageSetId, versionId }: ImageSetToFinish): number {
    const known = imageSets.find(imageSetId)
    return known?.versionId === versionId ? known.files : 0
  }

  return {
    imageSetVersion(imageSetId) {
      const found = imageSets.find(imageSetId)
      return found?.isWhole === true ? found.versionId : undefined
    },
    imageSet: (imageSetId) => imageSets.find(imageSetId),
    async *imageSets() {
      yield* imageSets.all()
    },
    async *filesOf(imageSetId) {
      for await (const file of recordedFiles()) if (file.imageSetId === imageSetId) yield file
    },
    async *files() {
      for await (const file of recordedFiles()) {
        yield { ...file, stem: recordedStem(file) }
      }
    },
    async removeFiles(paths) {
      parts.requireOpen()
      await manifest.add(paths.map((path): RemovalEntry => ({ path, removed: true })))
      parts.onUseless()
    },
    async finishImageSet(imageSet) {
      parts.requireOpen()
      const finished = finishedEntry(imageSet, countFiles(imageSet))
      await manifest.add([finished])
      imageSets.finish(finished)
    },
    async removeImageSet(imageSetId) {
      parts.requireOpen()
      await manifest.add([{ imageSetId, removed: true } satisfies RemovedImageSetEntry])
      imageSets.remove(imageSetId)
      parts.onUseless()
    },
    stage(stem, { imageSetId }) {
      const canStage = destination.move !== undefined && destination.list !== undefined
      return canStage ? stagedPath(imageSetId, stem) : undefined
    },
    async replaceImageSet({ entries, ...imageSet }) {
      parts.requireOpen()
      const { imageSetId } = imageSet
      const paths = entries.map(({ path }) => path)
      const arrived = entries.map((entry): ManifestEntry => ({ ...entry, path: unstagedPath(imageSetId, entry.path) }))
      await destination.flush?.(paths)
      const finished = finishedEntry(imageSet, countFiles(imageSet) + entries.length)
      await manifest.add([...arrived.map((entry): StagedEntry => ({ ...entry, staged: true })), finished])
      // A file at its new path needs a line that survives a power cut.
      await manifest.flush()
      await moveFiles(
        destination,
        imageSetId,
        arrived.map(({ path }) => path),
      )
      await manifest.add([...arrived, finished])
      parts.onRecorded(arrived)
      imageSets.finish(finished)
    },
  }
}
