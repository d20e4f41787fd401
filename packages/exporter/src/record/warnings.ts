import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import type { InstanceKey, WarningEntry } from '@ahi-dicom/export-files'

/**
 * Collects the notices of written instances by image set. Each is reported once, with the number of instances it
 * concerns.
 */
export interface Warnings {
  /** Keeps an image set open until {@link finish}, while its instances come among those from other image sets. */
  begin(imageSet: WarnedImageSet): void
  /** Closes an image set opened by {@link begin}. Returns its warnings if none of its instances are in progress. */
  finish(imageSet: WarnedImageSet): readonly WarningEntry[]
  /**
   * Notes that an instance starts. Returns the warnings of image sets that are complete because this instance belongs
   * to another.
   */
  start(key: WarnedImageSet): readonly WarningEntry[]
  /**
   * Notes that a started instance has ended, with its notices. Returns the warnings if it was the last of its image
   * set. For a series, pass its first instance and the number of `instances` with these notices. Default 1.
   */
  end(key: InstanceKey, notices: readonly InstanceNotice[], instances?: number): readonly WarningEntry[]
  /** Returns all warnings not yet returned. */
  rest(): readonly WarningEntry[]
}

type WarnedImageSet = Pick<InstanceKey, 'imageSetId' | 'versionId'>

interface OpenImageSet {
  /** The number of instances that have started and not ended. */
  running: number
  readonly entries: Map<string, CountedEntry>
}

type CountedEntry = WarningEntry & { instances: number }

/** Creates an empty collection. It holds only image sets in progress, because a data store may have millions. */
export function createWarnings(): Warnings {
  const open = new Map<string, OpenImageSet>()
  let current: string | undefined

  function finish(name: string): readonly WarningEntry[] {
    const imageSet = open.get(name)
    if (imageSet === undefined || imageSet.running > 0 || name === current) return []
    open.delete(name)
    return [...imageSet.entries.values()]
  }

  function run(name: string): void {
    const imageSet = open.get(name)
    if (imageSet === undefined) open.set(name, { running: 1, entries: new Map() })
    else imageSet.running += 1
  }

  return {
    begin: (imageSet) => run(nameOf(imageSet)),
    finish(imageSet) {
      const name = nameOf(imageSet)
      const known = open.get(name)
      if (known !== undefined) known.running -= 1
      if (current === name) current = undefined
      return finish(name)
    },
    start(key) {
      const name = nameOf(key)
      const before = current
      current = name
      run(name)
      return before === undefined || before === name ? [] : finish(before)
    },
    end(key, notices, instances = 1) {
      const name = nameOf(key)
      const imageSet = open.get(name)
      if (imageSet === undefined) return []
      imageSet.running -= 1
      for (const notice of distinct(notices)) count(imageSet.entries, key, { ...notice, instances })
      return finish(name)
    },
    rest() {
      const entries = [...open.values()].flatMap((imageSet) => [...imageSet.entries.values()])
      open.clear()
      return entries
    },
  }
}

/** Returns the first notice of each kind. A series may have one for each of its volumes. */
function distinct(notices: readonly InstanceNotice[]): readonly InstanceNotice[] {
  const reversed = notices.toReversed()
  return [...new Map(reversed.map((notice) => [kindOf(notice), notice])).values()].toReversed()
}

function kindOf({ code, tag = '' }: InstanceNotice): string {
  return `${code} ${tag}`
}

function nameOf({ imageSetId, versionId }: WarnedImageSet): string {
  return `${imageSetId}/${versionId}`
}

function count(
  entries: Map<string, CountedEntry>,
  key: InstanceKey,
  notice: InstanceNotice & { readonly instances: number },
): void {
  const { code, tag, message, instances } = notice
  // Instances that are not verified are reported one by one.
  const instance = code === 'FRAMES_UNVERIFIED' ? key.sopInstanceUid : ''
  const name = `${key.seriesInstanceUid} ${instance} ${kindOf(notice)}`
  const known = entries.get(name)
  if (known === undefined)
    entries.set(name, { ...key, code, ...(tag === undefined ? {} : { tag }), message, instances })
  else known.instances += instances
}
