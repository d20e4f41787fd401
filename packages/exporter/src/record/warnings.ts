import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import type { InstanceKey, WarningEntry } from '@ahi-dicom/export-files'

/** Gathers the notices of written instances by image set, so that each is told once, with how many instances it concerns. */
export interface Warnings {
  /** Keeps an image set open whose instances come among those of others, until {@link finish}. */
  begin(imageSet: WarnedImageSet): void
  /** Ends what {@link begin} has begun. Returns what is told of the image set if no instance of it is under way. */
  finish(imageSet: WarnedImageSet): readonly WarningEntry[]
  /** An instance starts. Returns what is told of image sets that are over since this one is of another. */
  start(key: WarnedImageSet): readonly WarningEntry[]
  /**
   * A started instance has ended, with these notices. Returns what is told where it was the last of its image set. Of a
   * series: its first instance, and how many have the notices. Default 1.
   */
  end(key: InstanceKey, notices: readonly InstanceNotice[], instances?: number): readonly WarningEntry[]
  /** Returns what has not been told. */
  rest(): readonly WarningEntry[]
}

type WarnedImageSet = Pick<InstanceKey, 'imageSetId' | 'versionId'>

interface OpenImageSet {
  /** Instances that have started and not ended. */
  running: number
  readonly entries: Map<string, CountedEntry>
}

type CountedEntry = WarningEntry & { instances: number }

/** Makes an empty collection. It holds entries of image sets under way alone: a data store may have millions of others. */
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
      for (const notice of notices) count(imageSet.entries, key, { ...notice, instances })
      return finish(name)
    },
    rest() {
      const entries = [...open.values()].flatMap((imageSet) => [...imageSet.entries.values()])
      open.clear()
      return entries
    },
  }
}

function nameOf({ imageSetId, versionId }: WarnedImageSet): string {
  return `${imageSetId}/${versionId}`
}

function count(
  entries: Map<string, CountedEntry>,
  key: InstanceKey,
  { code, tag, message, instances }: InstanceNotice & { readonly instances: number },
): void {
  // Each instance that is not verified is named.
  const instance = code === 'FRAMES_UNVERIFIED' ? key.sopInstanceUid : ''
  const name = `${key.seriesInstanceUid} ${instance} ${code} ${tag ?? ''}`
  const known = entries.get(name)
  if (known === undefined)
    entries.set(name, { ...key, code, ...(tag === undefined ? {} : { tag }), message, instances })
  else known.instances += instances
}
