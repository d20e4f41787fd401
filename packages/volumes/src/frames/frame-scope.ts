import { functionalGroups, type DicomAttributes, type FunctionalGroups } from '@ahi-dicom/dicom-standard'

/** Where the attributes of a frame are: in its functional groups, else in the data set. */
export interface FrameScope {
  readonly attributes: DicomAttributes
  readonly groups: FunctionalGroups
  /** Counted from 0. */
  readonly index: number
  /** Returns the numbers of the data set that has one for each frame, looked up once. */
  readonly list: (keyword: string) => readonly number[]
}

/** Returns the scope of each frame of an instance. */
export function frameScopes(attributes: DicomAttributes): (index: number) => FrameScope {
  const groupsOf = functionalGroups(attributes)
  const lists = new Map<string, readonly number[]>()
  function list(keyword: string): readonly number[] {
    const numbers = lists.get(keyword) ?? attributes.numbers(keyword)
    lists.set(keyword, numbers)
    return numbers
  }
  return (index) => ({ attributes, groups: groupsOf(index), index, list })
}

/**
 * Returns the numbers of an attribute, from the functional group or else from the data set. Empty if neither has it.
 */
export function numbersIn({ attributes, groups }: FrameScope, sequence: string, keyword: string): readonly number[] {
  const own = groups.item(sequence)?.numbers(keyword) ?? []
  return own.length > 0 ? own : attributes.numbers(keyword)
}

/** Returns the first number of an attribute, as {@link numbersIn} finds it. */
export function numberIn(scope: FrameScope, sequence: string, keyword: string): number | undefined {
  const [first = NaN] = numbersIn(scope, sequence, keyword)
  return Number.isFinite(first) ? first : undefined
}

/** Returns the texts of an attribute, from the functional group or else from the data set. */
export function stringsIn({ attributes, groups }: FrameScope, sequence: string, keyword: string): readonly string[] {
  const own = groups.item(sequence)?.strings(keyword) ?? []
  return own.length > 0 ? own : attributes.strings(keyword)
}
