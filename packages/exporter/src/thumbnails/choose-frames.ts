import type { WalkedInstance } from '../selection/walk-selection.ts'

/** A frame to make a thumbnail of. */
export interface ChosenFrame {
  readonly walked: WalkedInstance
  /** The frame number, from 0. */
  readonly frame: number
}

/** Yields the first frame of each instance that has frames. */
export async function* firstFrames(
  instances: AsyncIterable<WalkedInstance>,
): AsyncGenerator<ChosenFrame, void, undefined> {
  for await (const walked of instances) if (frameCount(walked) > 0) yield { walked, frame: 0 }
}

/** Yields the middle frame of each series, image set by image set. Holds the instances of one image set in memory. */
export async function* middleFrames(
  instances: AsyncIterable<WalkedInstance>,
): AsyncGenerator<ChosenFrame, void, undefined> {
  let group: WalkedInstance[] = []
  for await (const walked of instances) {
    if (group.length > 0 && group[0]?.imageSet !== walked.imageSet) {
      yield* middleOfSeries(group)
      group = []
    }
    group.push(walked)
  }
  yield* middleOfSeries(group)
}

function* middleOfSeries(group: readonly WalkedInstance[]): Generator<ChosenFrame, void, undefined> {
  for (const series of Map.groupBy(group, ({ key }) => key.seriesInstanceUid).values()) {
    const middle = middleOf(series.filter((walked) => frameCount(walked) > 0))
    if (middle !== undefined) yield middle
  }
}

function middleOf(series: readonly WalkedInstance[]): ChosenFrame | undefined {
  const sorted = series.toSorted((one, other) => instanceNumber(one) - instanceNumber(other))
  const total = sorted.reduce((sum, walked) => sum + frameCount(walked), 0)
  let before = Math.floor(total / 2)
  for (const walked of sorted) {
    if (before < frameCount(walked)) return { walked, frame: before }
    before -= frameCount(walked)
  }
  return undefined
}

function frameCount({ entry }: WalkedInstance): number {
  return entry.instance.ImageFrames.length
}

/** Returns the InstanceNumber. Default 0. Instances without a number come first, in the order of the document. */
function instanceNumber({ entry }: WalkedInstance): number {
  const value = Number(entry.instance.DICOM['InstanceNumber'] ?? 0)
  return Number.isFinite(value) ? value : 0
}
