import type { AxisValue } from './source-frame.ts'
import { numberIn, numbersIn, type FrameScope } from './frame-scope.ts'
import type { PrivateElements } from './private-elements.ts'

/**
 * Returns the values that may tell a frame from others at its position, such as its time or echo. A value that comes first
 * is preferred as the fourth axis.
 */
export function axisValues(scope: FrameScope, privates: PrivateElements): readonly AxisValue[] {
  return [
    ...temporalPosition(scope),
    ...echo(scope),
    ...diffusion(scope, privates),
    ...cardiacPhase(scope),
    ...single('time', 'FrameReferenceTime', 'ms', scope.attributes.number('FrameReferenceTime')),
    ...single('time', 'PhaseVector', undefined, vectorAt(scope, 'PhaseVector')),
    ...single('acquisition', 'AcquisitionNumber', undefined, acquisition(scope)),
  ]
}

function single(
  kind: AxisValue['kind'],
  keyword: string,
  unit: AxisValue['unit'],
  value: number | undefined,
): readonly AxisValue[] {
  return value === undefined ? [] : [{ kind, keyword, unit, values: [value] }]
}

function temporalPosition(scope: FrameScope): readonly AxisValue[] {
  const index = numberIn(scope, 'FrameContentSequence', 'TemporalPositionIndex')
  const offset = scope.groups.item('TemporalPositionSequence')?.number('TemporalPositionTimeOffset')
  const identifier = scope.attributes.number('TemporalPositionIdentifier')
  const place = index ?? identifier
  const keyword = index === undefined ? 'TemporalPositionIdentifier' : 'TemporalPositionIndex'
  // Milliseconds from one temporal position to the next (PS3.3 C.8.3.1).
  const resolution = scope.attributes.number('TemporalResolution')
  return [
    ...single('time', 'TemporalPositionTimeOffset', 's', offset),
    ...(place !== undefined && resolution !== undefined && resolution > 0
      ? single('time', keyword, 's', ((place - 1) * resolution) / 1000)
      : single('time', keyword, undefined, place)),
  ]
}

function echo(scope: FrameScope): readonly AxisValue[] {
  const effective = numberIn(scope, 'MREchoSequence', 'EffectiveEchoTime')
  const keyword = effective === undefined ? 'EchoTime' : 'EffectiveEchoTime'
  return single('echo', keyword, 'ms', effective ?? scope.attributes.number('EchoTime'))
}

/** PS3.3 C.8.13.5.9, and the elements that Siemens and Philips document in their conformance statements. */
function diffusion(scope: FrameScope, privates: PrivateElements): readonly AxisValue[] {
  const b =
    numberIn(scope, 'MRDiffusionSequence', 'DiffusionBValue') ??
    privates.number('0019', 'SIEMENS MR HEADER', '0C') ??
    privates.number('2001', 'Philips Imaging DD 001', '03')
  if (b === undefined) return []
  const inGroup = scope.groups.item('MRDiffusionSequence')?.items('DiffusionGradientDirectionSequence')[0]
  const direction = (inGroup ?? scope.attributes).numbers('DiffusionGradientOrientation')
  const axis = { kind: 'b-value', keyword: 'DiffusionBValue', unit: 's/mm2' } as const
  return [{ ...axis, values: [b] }, ...(direction.length === 3 ? [{ ...axis, values: [b, ...direction] }] : [])]
}

function cardiacPhase(scope: FrameScope): readonly AxisValue[] {
  const sequence = 'CardiacSynchronizationSequence'
  return (
    [
      ['NominalCardiacTriggerDelayTime', 'ms'],
      ['TriggerTime', 'ms'],
      ['NominalPercentageOfCardiacPhase', '%'],
    ] as const
  )
    .flatMap(([keyword, unit]) => single('cardiac phase', keyword, unit, numberIn(scope, sequence, keyword)))
    .concat(single('cardiac phase', 'TimeSlotVector', undefined, vectorAt(scope, 'TimeSlotVector')))
}

/** Returns the value for this frame from an attribute that lists a value for each frame. */
function vectorAt({ list, index }: FrameScope, keyword: string): number | undefined {
  return list(keyword)[index]
}

function acquisition(scope: FrameScope): number | undefined {
  const [number] = numbersIn(scope, 'FrameContentSequence', 'FrameAcquisitionNumber')
  return number ?? scope.attributes.number('AcquisitionNumber')
}
