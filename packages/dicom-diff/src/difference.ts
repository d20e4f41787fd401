import type { NormalisationId } from './normalisations.ts'

/** One of the two compared files. */
export type Side = 'a' | 'b'

/** Returns the other file. */
export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a'
}

/**
 * The kind of a difference. `only-in-a`, `only-in-b`: the other file lacks the attribute. `items`: the number of items
 * differs. `frames`: the number of frames differs. `offset-table`: the table does not point to the frames.
 */
export type DifferenceKind = 'vr' | 'value' | 'only-in-a' | 'only-in-b' | 'items' | 'frames' | 'pixels' | 'offset-table'

/** One difference between two files. It contains no value unless values were requested. */
export interface Difference {
  readonly difference: DifferenceKind
  /** Path of keywords and item numbers from 0, such as `OtherPatientIDsSequence[0].PatientName`. */
  readonly attribute: string
  /** Tag as `GGGGEEEE`. */
  readonly tag: string
  readonly keyword?: string | undefined
  /** VRs in both files. Absent in a file without the attribute. */
  readonly vr: Readonly<Partial<Record<Side, string>>>
  /** More details, such as how many samples differ. Contains no value of an attribute. */
  readonly detail?: string | undefined
  /** Both values as text, cut at a limit. Only on request. */
  readonly values?: Readonly<Partial<Record<Side, string>>> | undefined
  /** The normalisation of AHI that explains the difference, if there is one. */
  readonly normalisation?: NormalisationId | undefined
}
