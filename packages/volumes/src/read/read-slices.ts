import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { VolumeError } from '../errors.ts'
import { sampleForm } from '../frames/sample-form.ts'
import type { SampleForm, SourceFrame } from '../frames/source-frame.ts'
import { bytesPerSample, isReal, type SampleType } from '../model/sample-type.ts'
import type { ReadVolumeOptions, Rescale, VolumeSlice } from '../model/volume.ts'
import { readAhead } from './read-ahead.ts'
import { createSampleMemory, type SampleMemory } from './sample-memory.ts'
import { areVoxels, convertYbr, directColours, storedType, writeVoxels } from './voxel-values.ts'

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
  /** Returns the slope and intercept that are applied to a frame's stored values while it is read. */
  readonly rescaleOf: (frame: SourceFrame) => Rescale
  /** The voxels of a slice without a frame. */
  readonly fill: number
  /** Whether each frame is a segment, and voxels are segment numbers. */
  readonly isLabels: boolean
}

/** Reads slices in their order, a few frames ahead. Memory of slices that were released serves slices to come. */
export async function* readSlices(
  sources: Iterable<SliceSource>,
  plan: VoxelPlan,
  { signal, frameConcurrency = 4 }: ReadVolumeOptions,
): AsyncGenerator<VolumeSlice, void, undefined> {
  const { rows, columns, components } = plan.form
  const memory = createSampleMemory(plan.dtype, rows * columns * components)
  const read = async ({ k, t, frames }: SliceSource, signal: AbortSignal): Promise<VolumeSlice> => {
    return {
      k,
      t,
      frameCount: plan.isLabels ? frames.length : Math.min(frames.length, 1),
      ...(await readSlice(frames, { plan, memory, signal })),
    }
  }
  yield* readAhead(sources, read, { signal, count: frameConcurrency, onLeft: (slice) => slice.release() })
}

interface SliceReading {
  readonly plan: VoxelPlan
  readonly memory: SampleMemory
  readonly signal: AbortSignal
}

async function readSlice(
  frames: readonly SourceFrame[],
  { plan, memory, signal }: SliceReading,
): Promise<Pick<VolumeSlice, 'data' | 'release'>> {
  const [first] = frames
  if (first === undefined) return owned(memory.take().fill(plan.fill), memory)
  if (plan.isLabels) {
    const labels = memory.take().fill(0)
    for (const frame of frames) {
      const { samples, release } = await readFrame(frame, plan, signal)
      writeLabels(labels, frame, samples)
      release()
    }
    return owned(labels, memory)
  }
  const { samples, form, release } = await readFrame(first, plan, signal)
  const isYbr = form.components === 3 && form.photometric.startsWith('YBR_FULL')
  const rescale = plan.rescaleOf(first)
  if (!isYbr && areVoxels(samples, { form, dtype: plan.dtype, rescale })) return { data: samples, release }
  const voxels = memory.take()
  writeVoxels(voxels, samples, { form, rescale })
  if (isYbr) convertYbr(voxels)
  release()
  return owned(voxels, memory)
}

function owned(data: PixelArray, memory: SampleMemory): Pick<VolumeSlice, 'data' | 'release'> {
  return { data, release: () => memory.give(data) }
}

/** Samples of a frame and their description. `dicomizer` corrects attributes that verified frames contradict. */
interface FrameSamples {
  readonly samples: PixelArray
  readonly form: SampleForm
  readonly release: () => void
}

async function readFrame(frame: SourceFrame, plan: VoxelPlan, signal: AbortSignal): Promise<FrameSamples> {
  const { instance, index } = frame
  const lent = await instance.borrowFrame?.(index, { signal })
  const samples = lent?.pixels ?? (await instance.frame(index, { signal }))
  const release = (): void => lent?.release()
  const form = sampleForm(instance.attributes)
  const why = whyNotAsPlanned({ samples, form }, plan, plan.rescaleOf(frame))
  if (why === undefined) return { samples, form, release }
  release()
  throw frameError('VOLUME_FRAME_MISMATCH', frame, `${why}; read it by itself`)
}

function whyNotAsPlanned(
  { samples, form }: Omit<FrameSamples, 'release'>,
  { form: planned, dtype, isLabels }: VoxelPlan,
  rescale: Rescale,
): string | undefined {
  const expected = planned.rows * planned.columns * planned.components
  const bytes = bytesPerSample(storedType(planned) ?? dtype)
  if (samples.length !== expected || samples.BYTES_PER_ELEMENT !== bytes) {
    return `it has ${samples.length} samples of ${samples.BYTES_PER_ELEMENT} bytes, and its metadata describes ${expected} of ${bytes}`
  }
  if (form.components > 1 && !directColours.has(form.photometric)) return 'its colours are not what its metadata says'
  if (isLabels) return undefined
  const isStored = rescale.slope === 1 && rescale.intercept === 0
  const hasRoom = isStored ? dtype === storedType(form) : form.bitsStored <= planned.bitsStored
  if (isReal(dtype) || (form.isSigned === planned.isSigned && hasRoom)) return undefined
  return `its values have ${form.bitsStored} bits, and its metadata describes ${planned.bitsStored}`
}

/** Writes the number of a segment where its frame is not 0. */
function writeLabels(labels: PixelArray, frame: SourceFrame, samples: ArrayLike<number>): void {
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
