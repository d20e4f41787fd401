import { isDeepStrictEqual } from 'node:util'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import type { Batch } from '../store/batch.ts'
import type { StagedInstance } from './stage-instance.ts'
import type { StagingWarning } from './stage-pixels.ts'

/** Levels whose attributes are shared by all instances of an image set. */
const sharedLevels = ['Patient', 'Study', 'Series'] as const

/** Attributes that are shared by all instances of an image set. */
type SharedAttributes = Record<(typeof sharedLevels)[number], AttributeMap>

/** The instances that one import adds to one image set. */
export interface StagedImageSet {
  readonly groupingKey: string
  readonly seriesInstanceUid: string
  readonly packPath: string
  readonly shared: SharedAttributes
  /** By SOPInstanceUID. If an instance occurs twice, the later one counts. */
  readonly instances: ReadonlyMap<string, StagedInstance>
}

/** Collects the instances of an import by image set. */
export interface ImageSetStage {
  /** Appends bytes to the pack of an image set, and returns their offset. */
  readonly writeToPack: (groupingKey: string, data: Uint8Array) => Promise<number>
  /**
   * Adds an instance and returns it. If earlier instances have other values of shared attributes, these values stay,
   * and the returned instance has a warning.
   */
  add(instance: StagedInstance): StagedInstance
  imageSets(): StagedImageSet[]
}

interface Pack {
  readonly path: string
  byteLength: number
}

/** Creates a stage for one import. */
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

/** Returns a warning that names keywords and tags only, because values could identify a patient. */
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
