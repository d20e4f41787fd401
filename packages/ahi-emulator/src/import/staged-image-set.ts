import { isDeepStrictEqual } from 'node:util'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import type { Batch } from '../store/batch.ts'
import type { StagedInstance } from './stage-instance.ts'
import type { StagingWarning } from './stage-pixels.ts'

/** Levels whose attributes all instances of an image set share. */
const sharedLevels = ['Patient', 'Study', 'Series'] as const

/** Attributes of the levels that all instances of an image set share. */
type SharedAttributes = Record<(typeof sharedLevels)[number], AttributeMap>

/** What one import brings to one image set. */
export interface StagedImageSet {
  readonly groupingKey: string
  readonly seriesInstanceUid: string
  readonly packPath: string
  readonly shared: SharedAttributes
  /** By SOPInstanceUID; of an instance that comes twice the later one counts. */
  readonly instances: ReadonlyMap<string, StagedInstance>
}

/** Image sets in the making. */
export interface ImageSetStage {
  /** Appends a frame to the pack of an image set. */
  readonly writeToPack: (groupingKey: string, data: Uint8Array) => Promise<number>
  /**
   * Adds an instance. Returns it, with a warning if it differs in shared attributes from the ones before, whose values
   * stay.
   */
  add(instance: StagedInstance): StagedInstance
  imageSets(): StagedImageSet[]
}

interface Pack {
  readonly path: string
  byteLength: number
}

/** Starts the staging of one import. */
export function createImageSetStage(batch: Batch): ImageSetStage {
  const packs = new Map<string, Pack>()
  const sets = new Map<string, StagedImageSet & { readonly instances: Map<string, StagedInstance> }>()

  function packOf(groupingKey: string): Pack {
    const pack = packs.get(groupingKey) ?? { path: batch.newFile('frames'), byteLength: 0 }
    packs.set(groupingKey, pack)
    return pack
  }

  return {
    async writeToPack(groupingKey, data) {
      const pack = packOf(groupingKey)
      const offset = pack.byteLength
      await batch.append(pack.path, data)
      pack.byteLength += data.byteLength
      return offset
    },
    add(instance) {
      const { groupingKey, seriesInstanceUid, sopInstanceUid } = instance
      const set = sets.get(groupingKey) ?? {
        groupingKey,
        seriesInstanceUid,
        packPath: packOf(groupingKey).path,
        shared: { Patient: {}, Study: {}, Series: {} },
        instances: new Map<string, StagedInstance>(),
      }
      sets.set(groupingKey, set)
      const differing = shareAttributes(set.shared, instance)
      const staged = { ...instance, warnings: [...instance.warnings, ...coercionWarnings(differing)] }
      set.instances.set(sopInstanceUid, staged)
      return staged
    },
    imageSets: () => [...sets.values()],
  }
}

/** Keywords and tags only: values can name a patient. */
function coercionWarnings(differing: readonly string[]): StagingWarning[] {
  if (differing.length === 0) return []
  const message = `${differing.join(', ')} differ from the image set's other instances, whose values are kept`
  return [{ name: 'COERCION_OF_DATA_ELEMENTS', message }]
}

function shareAttributes(shared: SharedAttributes, { levels }: StagedInstance): string[] {
  const differing: string[] = []
  for (const level of sharedLevels) {
    const attributes = shared[level]
    for (const [key, value] of Object.entries(levels[level])) {
      if (!(key in attributes)) attributes[key] = value
      else if (!isSameValue(attributes[key], value)) differing.push(key)
    }
  }
  return differing
}

function isSameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && isDeepStrictEqual(a, b))
}
