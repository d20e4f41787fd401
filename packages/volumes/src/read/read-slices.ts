import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { VolumeError } from '../errors.ts'
import { sampleForm } from '../frames/sample-form.ts'
import type { SampleForm, SourceFrame } from '../frames/source-frame.ts'
import { bytesPerSample, createSamples, isReal, type SampleType } from '../model/sample-type.ts'
import type { ReadVolumeOptions, Rescale, VolumeSlice } from '../model/volume.ts'
import { readAhead } from './read-ahead.ts'
import { directColours, filledSlice, rgbOfYbr, storedType, voxelValues } from './voxel-values.ts'

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

async function readSlice(frames: readonly SourceFrame[], plan: VoxelPlan, signal: AbortSignal): Promise<PixelArray> {
  const { form, dtype } = plan
  const length = form.rows * form.columns * form.components
  const [first] = frames
  if (first === undefined) return filledSlice(dtype, length, plan.fill)
  if (plan.isLabels) {
    const labels = createSamples(dtype, length)
    for (const frame of frames) writeLabels(labels, frame, (await readFrame(frame, plan, signal)).samples)
    return labels
  }
  const { samples, form: actual } = await readFrame(first, plan, signal)
  const values = voxelValues(samples, { form: actual, dtype, rescale: plan.rescaleOf(first) })
  return actual.components === 3 && actual.photometric.startsWith('YBR_FULL') ? rgbOfYbr(values) : values
}

/** Samples of a frame and their description. `dicomizer` corrects attributes that verified frames contradict. */
interface FrameSamples {
  readonly samples: PixelArray
  readonly form: SampleForm
}

async function readFrame(frame: SourceFrame, plan: VoxelPlan, signal: AbortSignal): Promise<FrameSamples> {
  const { instance, index } = frame
  const samples = await instance.frame(index, { signal })
  const form = sampleForm(instance.attributes)
  const why = whyNotAsPlanned({ samples, form }, plan, plan.rescaleOf(frame))
  if (why !== undefined) throw frameError('VOLUME_FRAME_MISMATCH', frame, `${why}; read it by itself`)
  return { samples, form }
}

function whyNotAsPlanned(
  { samples, form }: FrameSamples,
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
