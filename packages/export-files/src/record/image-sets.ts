import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import type { ChecksumResult, InstanceKey } from './entries.ts'
import type { FinishedImageSet } from './manifest-line.ts'
import type { VerifiedItem } from './written-index.ts'

/** An image set in the record of an export. */
export interface RecordedImageSet {
  readonly imageSetId: string
  /** Version of the files that were recorded last. */
  readonly versionId: string
  /** Recorded files of this version that a run would write the same. */
  readonly files: number
  /** Instances of these files of which frames could not be compared with a checksum. */
  readonly unverified: number
  /** Instances of these files of which frames were not compared, since that was turned off. */
  readonly unchecked: number
  /** Selected instances when the image set was last finished; 0 if it never was. */
  readonly instances: number
  /** Name of what was selected then. */
  readonly selection?: string | undefined
  /** Whether all is recorded that this run selects of this version. */
  readonly isWhole: boolean
  /** Whether files of another version are recorded, too. */
  readonly hasOther: boolean
}

/** What is recorded of each image set. */
export interface ImageSets extends Disposable {
  /** Counts a recorded file, and its instances by how far they are verified. */
  add(file: Pick<InstanceKey, 'imageSetId' | 'versionId'>, item: VerifiedItem | undefined): void
  /** Notes a recorded file that does not count, so that its image set is not whole. */
  addUseless(file: Pick<InstanceKey, 'imageSetId' | 'versionId'>): void
  finish(imageSet: Omit<FinishedImageSet, 'replaces'>): void
  remove(imageSetId: string): void
  /** Returns whether an image set has files of another version. */
  hasOther(imageSet: Pick<InstanceKey, 'imageSetId' | 'versionId'>): boolean
  find(imageSetId: string): RecordedImageSet | undefined
  all(): Iterable<RecordedImageSet>
}

interface ImageSetState extends Pick<RecordedImageSet, 'versionId' | 'files' | 'unverified' | 'unchecked'> {
  /** Whether files of another version were recorded before. */
  readonly hasOther: boolean
  readonly finished?: Omit<FinishedImageSet, 'replaces'> | undefined
}

/** Makes the image sets of an empty record. `selection` names what the run selects. */
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
    addUseless: (file) => count(file, { files: 0 }),
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

/** Returns by how much the instances with a result become more. */
function change(item: VerifiedItem | undefined, result: ChecksumResult): number {
  return (item?.instances ?? 0) * (Number(item?.now === result) - Number(item?.before === result))
}

/** Returns whether one selection has all of another in it. */
function includes(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && (one === other || other.startsWith(`${one}/`))
}
