import type { InstanceAttributes } from './instance.ts'

/** The functional groups of one frame. */
export interface FunctionalGroups {
  /** The first item of a sequence: the frame's own, else the one that all frames share. */
  item(sequence: string): InstanceAttributes | undefined
}

/** The functional groups of enhanced multi-frame objects (PS3.3 C.7.6.16), by frame counted from 0. */
export function functionalGroups(attributes: InstanceAttributes): (frame: number) => FunctionalGroups {
  const perFrame = attributes.items('PerFrameFunctionalGroupsSequence')
  const shared = attributes.items('SharedFunctionalGroupsSequence')[0]
  return (frame) => ({
    item: (sequence) => perFrame[frame]?.items(sequence)[0] ?? shared?.items(sequence)[0],
  })
}
