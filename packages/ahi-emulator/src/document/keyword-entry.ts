import { isPrivate } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword, lookUpTag, type DictionaryEntry } from '@ahi-dicom/dicom-standard/dictionary'

/**
 * Returns the dictionary entry of an attribute that the document keys by keyword, or `undefined` if it keys the
 * attribute by tag. A keyword names only the first of the repeating groups. AHI's form for the others is not known, so
 * overlays in groups 6002 and above are keyed by tag.
 */
export function keywordEntry(tag: number): DictionaryEntry | undefined {
  const entry = isPrivate(tag) ? undefined : lookUpTag(tag)
  return entry !== undefined && lookUpKeyword(entry.keyword)?.tag === tag ? entry : undefined
}
