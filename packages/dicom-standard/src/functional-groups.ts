import type { DicomAttributes } from './attributes.ts'

/** The functional groups of one frame. */
export interface FunctionalGroups {
  /**
   * Returns the first item of a sequence of the frame. If the frame has none, returns the item that all frames share.
   */
  item(sequence: string): DicomAttributes | undefined
}

/**
 * Returns a function that returns the functional groups of a frame, counted from 0 (PS3.3 C.7.6.16).
 *
 * @example
 * import { functionalGroups } from '@ahi-dicom/dicom-standard'
 *
 * const groupsOf = functionalGroups(instance.attributes)
 * console.log(groupsOf(0).item('PixelMeasuresSequence')?.numbers('PixelSpacing'))
 */
export function functionalGroups(attributes: DicomAttributes): (frame: number) => FunctionalGroups {
  const perFrame = attributes.items('PerFrameFunctionalGroupsSequence')
  const shared = attributes.items('SharedFunctionalGroupsSequence')[0]
  return (frame) => ({
    item: (sequence) => perFrame[frame]?.items(sequence)[0] ?? shared?.items(sequence)[0],
  })
}
