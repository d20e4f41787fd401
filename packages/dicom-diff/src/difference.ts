import type { NormalisationId } from './normalisations.ts'

/** One of the two files that are compared. */
export type Side = 'a' | 'b'

/** Returns the other one of the two files. */
export function otherSide(side: Side): Side {
  return side === 'a' ? 'b' : 'a'
}

/**
 * What differs. `only-in-a`, `only-in-b`: the attribute is missing in the other file. `items`: the number of items of a
 * sequence. `frames`: their number. `offset-table`: it does not lead to the frames.
 */
export type DifferenceKind = 'vr' | 'value' | 'only-in-a' | 'only-in-b' | 'items' | 'frames' | 'pixels' | 'offset-table'

/** One difference between two files. It names no value, unless values were asked for. */
export interface Difference {
  readonly difference: DifferenceKind
  /** Keywords and numbers of items from 0, such as `OtherPatientIDsSequence[0].PatientName`. */
  readonly attribute: string
  /** `GGGGEEEE`. */
  readonly tag: string
  readonly keyword?: string | undefined
  /** VRs in both files; absent where the attribute is missing. */
  readonly vr: Readonly<Partial<Record<Side, string>>>
  /** What more there is to say, such as how many samples differ. Names no value of an attribute. */
  readonly detail?: string | undefined
  /** Both values as text, cut after some length. Only if they were asked for. */
  readonly values?: Readonly<Partial<Record<Side, string>>> | undefined
  /** What AHI does to every file, if it explains the difference. */
  readonly normalisation?: NormalisationId | undefined
}
