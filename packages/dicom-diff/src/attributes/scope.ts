import { tags } from '@ahi-dicom/dicom-standard'
import { textDecoding, type TextDecoding } from '@ahi-dicom/dicom-standard/character-sets'
import { plainText, type DataElement, type FileElement } from '@ahi-dicom/dicom-standard/reader'

/** A data set or an item, with the context that its values need. */
export interface Scope {
  readonly dataSet: ReadonlyMap<number, FileElement>
  /** Terms of the Specific Character Set that applies to its text. */
  readonly characterSet: readonly string[]
  readonly decoding: TextDecoding
  /** True if the file has VRs. */
  readonly isExplicit: boolean
}

/** The two data sets or items that are compared. */
export interface ScopePair {
  readonly original: Scope
  readonly output: Scope
}

/** Returns the scope of a data set. An item without a character set inherits the one of its context. */
export function scopeOf(
  dataSet: ReadonlyMap<number, DataElement>,
  { characterSet, isExplicit }: Pick<Scope, 'characterSet' | 'isExplicit'>,
): Scope {
  const own = dataSet.get(tags.specificCharacterSet)
  const terms = own === undefined ? characterSet : plainText(own).split('\\')
  return { dataSet, characterSet: terms, decoding: textDecoding(terms), isExplicit }
}
