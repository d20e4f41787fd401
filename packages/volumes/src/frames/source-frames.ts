import type { VolumeInstance } from '../model/volume-instance.ts'
import { axisValues } from './axis-values.ts'
import { framePlace } from './frame-place.ts'
import { frameScopes, numberIn, stringsIn } from './frame-scope.ts'
import { privateElements } from './private-elements.ts'
import { rescaleOf, unitsOf } from './real-world.ts'
import { paddingValue, sampleForm } from './sample-form.ts'
import type { SourceFrame } from './source-frame.ts'

/**
 * Returns what the metadata of an instance tells of each of its frames. Nothing is fetched.
 *
 * @throws {VolumeError} `VOLUME_GEOMETRY_MISSING` or `VOLUME_GEOMETRY_INVALID`
 */
export function sourceFrames(instance: VolumeInstance): SourceFrame[] {
  const { attributes, pictureCount } = instance
  const scopeOf = frameScopes(attributes)
  const privates = privateElements(attributes)
  const form = sampleForm(attributes)
  const padding = paddingValue(attributes, form)
  return Array.from({ length: pictureCount }, (_, index) => {
    const scope = scopeOf(index)
    const imageType = frameTypes
      .map((sequence) => stringsIn(scope, sequence, 'FrameType'))
      .find((types) => types.length > 0)
    const types = imageType ?? attributes.strings('ImageType')
    const hasLut = scope.groups.item('ModalityLUTSequence') ?? attributes.items('ModalityLUTSequence')[0]
    return {
      instance,
      index,
      ...framePlace(instance, scope),
      statedSpacing: {
        betweenSlices: numberIn(scope, 'PixelMeasuresSequence', 'SpacingBetweenSlices'),
        thickness: numberIn(scope, 'PixelMeasuresSequence', 'SliceThickness'),
      },
      form,
      rescale: rescaleOf(scope),
      units: unitsOf(scope),
      hasModalityLut: hasLut !== undefined,
      paddingValue: padding,
      isLocalizer: types[2] === 'LOCALIZER',
      imageType: types.join('\\'),
      frameOfReference: attributes.string('FrameOfReferenceUID') ?? '',
      stack: scope.groups.item('FrameContentSequence')?.string('StackID') ?? '',
      axisValues: axisValues(scope, privates),
      segment: scope.groups.item('SegmentIdentificationSequence')?.number('ReferencedSegmentNumber'),
    }
  })
}

/** Functional groups with the type of a frame (PS3.3 C.8.13.3.1, C.8.15.3.1, C.8.22.3.1). */
const frameTypes = ['MRImageFrameTypeSequence', 'CTImageFrameTypeSequence', 'PETFrameTypeSequence']
