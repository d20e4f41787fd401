import type { SourceFrame } from '../frames/source-frame.ts'
import { isReal } from '../model/sample-type.ts'
import type { PlannedVolume, Rescale, VolumeWarning } from '../model/volume.ts'
import type { VoxelPlan } from '../read/read-slices.ts'
import { directColours, realWorldType, storedType } from '../read/voxel-values.ts'
import type { PlanVolumesOptions } from './plan-options.ts'
import { refusal } from './refusal.ts'
import { segmentationType } from './segments.ts'

/** How the frames of a volume become voxels, and what the voxels then are. */
export interface PlannedVoxels extends Pick<PlannedVolume, 'kind' | 'rescale' | 'units'> {
  readonly plan: VoxelPlan
  readonly warnings: readonly VolumeWarning[]
}

const identity: Rescale = { slope: 1, intercept: 0 }

/**
 * Decides what the voxels of a volume are.
 *
 * @throws {VolumeError} `VOLUME_PIXELS_UNSUPPORTED`
 */
export function planVoxels(
  frames: readonly [SourceFrame, ...SourceFrame[]],
  options: PlanVolumesOptions,
): PlannedVoxels {
  const [first] = frames
  const { form, units } = first
  const stored = storedType(form)
  const type = segmentationType(first.instance.attributes)
  if (stored === undefined) throw unsupported(frames, `samples of ${form.bitsAllocated} bits are not read`)
  if (![form.rows, form.columns].every((count) => Number.isInteger(count) && count > 0)) {
    throw unsupported(frames, '%s have no size')
  }
  const mosaics = frames.filter(({ imageType }) => imageType.split('\\').includes('MOSAIC'))
  if (mosaics.length > 0) throw unsupported(mosaics, 'the slices of %s are tiles of a mosaic, which is not taken apart')
  checkColour(frames)
  const voxels = { form, fill: 0, isLabels: false }
  if (type === 'FRACTIONAL') {
    const slope = 1 / (first.instance.attributes.number('MaximumFractionalValue') || 255)
    const plan: VoxelPlan = { ...voxels, dtype: 'float32', rescaleOf: () => ({ slope, intercept: 0 }) }
    return { kind: 'fractions', plan, rescale: identity, units: undefined, warnings: [] }
  }
  if (type !== undefined) {
    if (type === 'BINARY' && !frames.every(isNumbered)) throw unsupported(frames, 'frames of %s have no segment number')
    const isWide = frames.some(({ segment = 0 }) => segment > 255)
    const dtype = type === 'LABELMAP' ? stored : isWide ? 'uint16' : 'uint8'
    const plan: VoxelPlan = { ...voxels, dtype, isLabels: type === 'BINARY', rescaleOf: () => identity }
    return { kind: 'labels', plan, rescale: identity, units: undefined, warnings: [] }
  }

  const { slope, intercept } = first.rescale
  const broken = frames.filter(
    ({ rescale }) => rescale.slope === 0 || !Number.isFinite(rescale.slope + rescale.intercept),
  )
  if (broken.length > 0) throw unsupported(broken, 'a slope of 0 or a broken number rescales %s')
  const differs = frames.some(({ rescale }) => rescale.slope !== slope || rescale.intercept !== intercept)
  const hasLut = frames.some(({ hasModalityLut }) => hasModalityLut)
  if (hasLut && (differs || options.values === 'real-world')) {
    throw unsupported(frames, 'a Modality LUT, which is not applied, makes real-world values of %s')
  }
  const warnings = hasLut ? [lutWarning] : []
  const stepped = { ...voxels, fill: first.paddingValue ?? 0 }
  if (!differs && options.values !== 'real-world') {
    const plan = { ...stepped, dtype: stored, rescaleOf: () => identity }
    return { kind: 'image', plan, rescale: { slope, intercept }, units, warnings }
  }
  const whole = differs ? 'float32' : realWorldType(form, first.rescale)
  const dtype = differs && isReal(stored) ? stored : whole
  const fill = stepped.fill * slope + intercept
  const plan = { ...stepped, fill: differs ? 0 : fill, dtype, rescaleOf: ({ rescale }: SourceFrame) => rescale }
  const differing = differs && options.values !== 'real-world' ? [differsWarning] : []
  return { kind: 'image', plan, rescale: identity, units, warnings: [...warnings, ...differing] }
}

/** SegmentNumber is a whole number from 1 on, of 16 bits (PS3.3 C.8.20.2). */
function isNumbered({ segment = 0 }: SourceFrame): boolean {
  return Number.isInteger(segment) && segment >= 1 && segment <= 65_535
}

function checkColour(frames: readonly [SourceFrame, ...SourceFrame[]]): void {
  const { components, photometric, bitsAllocated } = frames[0].form
  if (photometric === 'PALETTE COLOR') throw unsupported(frames, 'the pixels of %s are places in a palette')
  if (components === 1) return
  if (components !== 3 || !directColours.has(photometric)) {
    throw unsupported(frames, `pixels of ${components} components in ${photometric} are not read`)
  }
  if (bitsAllocated > 8 && photometric.startsWith('YBR_FULL')) {
    throw unsupported(frames, `${photometric} of more than 8 bits is not read`)
  }
}

function unsupported(frames: readonly SourceFrame[], why: string): Error {
  return refusal('VOLUME_PIXELS_UNSUPPORTED', frames, { why, advice: 'read its frames one by one' })
}

const lutWarning: VolumeWarning = {
  code: 'MODALITY_LUT_NOT_APPLIED',
  message: 'A Modality LUT makes real-world values of the stored ones; it is not applied',
}

const differsWarning: VolumeWarning = {
  code: 'RESCALE_DIFFERS',
  message: 'Slices differ in their rescale values: voxels are real-world values',
}
