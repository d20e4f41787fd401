import { VolumeError } from '../errors.ts'
import type { SampleForm, SourceFrame } from '../frames/source-frame.ts'
import { createSamples, type SampleArray, type SampleType } from '../model/sample-type.ts'
import type { ReadVolumeOptions, Rescale, VolumeSlice } from '../model/volume.ts'
import { readAhead } from './read-ahead.ts'
import { convertToRgb, filledSlice, writeValues } from './voxel-values.ts'

/** The frames of one slice. */
export interface SliceSource {
  readonly k: number
  readonly t: number
  /** Several of a label volume; none for a slice without. */
  readonly frames: readonly SourceFrame[]
}

/** How frames become voxels. */
export interface VoxelPlan {
  readonly form: SampleForm
  readonly dtype: SampleType
  /** What stored values are rescaled by while they are read; undefined for voxels that are stored values. */
  readonly rescaleOf: (frame: SourceFrame) => Rescale
  /** The voxels of a slice without a frame. */
  readonly fill: number
  /** Whether each frame is a segment, and voxels are segment numbers. */
  readonly isLabels: boolean
}

/** Reads slices in their order, a few frames ahead. */
export async function* readSlices(
  sources: Iterable<SliceSource>,
  plan: VoxelPlan,
  { signal, frameConcurrency = 4 }: ReadVolumeOptions,
): AsyncGenerator<VolumeSlice, void, undefined> {
  const read = async ({ k, t, frames }: SliceSource, signal: AbortSignal): Promise<VolumeSlice> => {
    return { k, t, data: await readSlice(frames, plan, signal) }
  }
  yield* readAhead(sources, read, { signal, count: frameConcurrency })
}

async function readSlice(frames: readonly SourceFrame[], plan: VoxelPlan, signal: AbortSignal): Promise<SampleArray> {
  const { form, dtype } = plan
  const length = form.rows * form.columns * form.components
  const [first] = frames
  if (first === undefined) return filledSlice(dtype, length, plan.fill)
  const data = createSamples(dtype, length)
  if (plan.isLabels) {
    for (const frame of frames) writeLabels(data, frame, await samplesOf(frame, plan, signal))
    return data
  }
  writeValues(data, await samplesOf(first, plan, signal), { form, rescale: plan.rescaleOf(first) })
  if (form.components === 3 && form.photometric.startsWith('YBR_FULL')) convertToRgb(data)
  return data
}

async function samplesOf(
  frame: SourceFrame,
  { form }: VoxelPlan,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<SourceFrame['instance']['frame']>>> {
  const { instance, index } = frame
  const samples = await instance.frame(index, { signal })
  const expected = form.rows * form.columns * form.components
  const bytes = (form.realBits ?? (form.bitsAllocated <= 8 ? 8 : form.bitsAllocated <= 16 ? 16 : 32)) / 8
  if (samples.length === expected && samples.BYTES_PER_ELEMENT === bytes) return samples
  throw frameError(
    'VOLUME_FRAME_MISMATCH',
    frame,
    `it has ${samples.length} samples of ${samples.BYTES_PER_ELEMENT} bytes, and its attributes describe ${expected} of ${bytes}; read it by itself`,
  )
}

/** Writes the number of a segment where its frame is not 0. */
function writeLabels(labels: SampleArray, frame: SourceFrame, samples: ArrayLike<number>): void {
  const number = frame.segment ?? 0
  for (let index = 0; index < samples.length; index++) {
    if (samples[index] === 0) continue
    const other = labels[index] ?? 0
    if (other !== 0 && other !== number) {
      const why = `segments ${other} and ${number} overlap, and a voxel holds one of them; use \`segments: "separate"\``
      throw frameError('VOLUME_SEGMENTS_OVERLAP', frame, why)
    }
    labels[index] = number
  }
}

function frameError(
  code: 'VOLUME_FRAME_MISMATCH' | 'VOLUME_SEGMENTS_OVERLAP',
  { instance, index }: SourceFrame,
  why: string,
): VolumeError {
  const { seriesInstanceUid, sopInstanceUid } = instance
  const message = `Cannot use frame number ${index + 1} of instance ${sopInstanceUid} in a volume: ${why}`
  return new VolumeError(code, message, { seriesInstanceUid, sopInstanceUids: [sopInstanceUid] })
}
