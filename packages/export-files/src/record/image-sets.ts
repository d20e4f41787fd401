import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import type { ChecksumResult, InstanceKey } from './entries.ts'
import type { FinishedImageSet } from './manifest-line.ts'
import type { VerifiedItem } from './written-index.ts'

/** The recorded state of an image set. */
export interface RecordedImageSet {
  readonly imageSetId: string
  /** Version of the files that were recorded last. */
  readonly versionId: string
  /** Number of recorded files of this version that this run would write the same. */
  readonly files: number
  /** Number of instances of these files with frames that could not be compared with a checksum. */
  readonly unverified: number
  /** Number of instances of these files with frames that were not compared, because verification was turned off. */
  readonly unchecked: number
  /** Number of selected instances when the image set was last finished. 0 if it never was. */
  readonly instances: number
  /** Name of the selection when the image set was last finished. */
  readonly selection?: string | undefined
  /** True if all instances of this version that this run selects are recorded. */
  readonly isWhole: boolean
  /** True if files of another version are recorded as well. */
  readonly hasOther: boolean
}

/** The recorded state of all image sets. */
export interface ImageSets extends Disposable {
  /** Counts a recorded file, and updates the numbers of `unverified` and `unchecked` instances. */
  add(file: Pick<InstanceKey, 'imageSetId' | 'versionId'>, item: VerifiedItem | undefined): void
  /** Notes a version without counting its file, for a file that has to be written again. */
  addObsolete(file: Pick<InstanceKey, 'imageSetId' | 'versionId'>): void
  finish(imageSet: Omit<FinishedImageSet, 'replaces'>): void
  remove(imageSetId: string): void
  /** Returns true if files of another version of the image set are recorded. */
  hasOther(imageSet: Pick<InstanceKey, 'imageSetId' | 'versionId'>): boolean
  find(imageSetId: string): RecordedImageSet | undefined
  all(): Iterable<RecordedImageSet>
}

interface ImageSetState extends Pick<RecordedImageSet, 'versionId' | 'files' | 'unverified' | 'unchecked'> {
  /** True if files of another version were recorded before. */
  readonly hasOther: boolean
  readonly finished?: Omit<FinishedImageSet, 'replaces'> | undefined
}

/** Creates the state of an empty record. `selection` is the name of this run's selection. */
export function createImageSets(selection: string | undefined, options: KeyMapOptions): ImageSets {
  const states = createKeyMap<ImageSetState>(options)

  function count(
    { imageSetId, versionId }: Pick<InstanceKey, 'imageSetId' | 'versionId'>,
    { files, item }: { readonly files: number; readonly item?: VerifiedItem | undefined },
  ): void {
    const known = states.get(imageSetId)
    const isSame = known?.versionId === versionId
    const { files: knownFiles, unverified, unchecked } = isSame ? known : nothing
    states.set(imageSetId, {
      versionId,
      files: knownFiles + files,
      unverified: unverified + change(item, 'unverified'),
      unchecked: unchecked + change(item, 'skipped'),
      hasOther: known !== undefined && (known.hasOther || !isSame),
      finished: known?.finished,
    })
  }

  function recorded(imageSetId: string, state: ImageSetState): RecordedImageSet {
    const { versionId, files, unverified, unchecked, hasOther, finished } = state
    const isFinished = finished?.versionId === versionId && files >= finished.files
    const isWhole = isFinished && includes(finished.selection, selection)
    const { instances = 0, selection: finishedBy } = finished ?? {}
    return {
      imageSetId,
      versionId,
      files,
      unverified,
      unchecked,
      instances,
      ...(finishedBy !== undefined && { selection: finishedBy }),
      isWhole,
      hasOther,
    }
  }

  return {
    add: (file, item) => count(file, { files: 1, item }),
    addObsolete: (file) => count(file, { files: 0 }),
    finish(finished) {
      const { imageSetId, versionId } = finished
      count({ imageSetId, versionId }, { files: 0 })
      states.set(imageSetId, { ...nothing, ...states.get(imageSetId), versionId, hasOther: false, finished })
    },
    remove: (imageSetId) => void states.delete(imageSetId),
    hasOther({ imageSetId, versionId }) {
      const state = states.get(imageSetId)
      return state !== undefined && (state.hasOther || state.versionId !== versionId)
    },
    find(imageSetId) {
      const state = states.get(imageSetId)
      return state && recorded(imageSetId, state)
    },
    *all() {
      for (const [imageSetId, state] of states.entries()) yield recorded(imageSetId, state)
    },
    [Symbol.dispose]: () => states[Symbol.dispose](),
  }
}

const nothing = { files: 0, unverified: 0, unchecked: 0 }

/** Returns the change in the number of instances with a checksum result. */
function change(item: VerifiedItem | undefined, result: ChecksumResult): number {
  return (item?.instances ?? 0) * (Number(item?.now === result) - Number(item?.before === result))
}

/** Returns true if one selection includes another: the same name, or a name above it, such as `a` for `a/b`. */
function includes(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && (one === other || other.startsWith(`${one}/`))
}
