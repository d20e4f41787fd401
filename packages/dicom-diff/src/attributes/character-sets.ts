import { tags, valueRepresentation } from '@ahi-dicom/dicom-standard'
import { definedTerm } from '@ahi-dicom/dicom-standard/character-sets'
import { plainText, type DataElement, type DataSet } from '@ahi-dicom/dicom-standard/reader'
import { scopeOf, type Scope } from './scope.ts'
import { canonicalValue } from './values.ts'

const utf8 = 'ISO_IR 192'

/**
 * Returns true if an export has a better Specific Character Set than its original: corrected terms, or UTF-8 because
 * the declared set does not exist or lacks a character of the text.
 */
export function hasBetterCharacterSet(original: Scope, output: Scope): boolean {
  const declared = termsOf(original)
  const got = termsOf(output)
  if (got.some((term) => definedTerm(term) !== term)) return false
  if (got.length === 1 && got[0] === utf8 && declared.some((term) => definedTerm(term) === undefined)) return true
  if (got.length === 1 && got[0] === utf8 && hasForeignText(original)) return true
  return declared.map(meaningOf).join('\\') === got.map(meaningOf).join('\\')
}

/** Returns the terms that a data set itself has. One empty term if it has none. */
function termsOf({ dataSet }: Scope): readonly string[] {
  return plainText(dataSet.get(tags.specificCharacterSet))
    .split('\\')
    .map((term) => term.trim())
}

/** Returns a term in a comparable form. A single-byte set alone is the same with and without code extensions. */
function meaningOf(term: string): string {
  const defined = definedTerm(term) ?? term
  return defined === '' ? 'ISO_IR 6' : defined.replace('ISO 2022 IR', 'ISO_IR')
}

/** Returns true if text of a data set, or of its items without a character set, has characters that the set lacks. */
function hasForeignText(scope: Scope): boolean {
  const isDefault = scope.characterSet.every((term) => meaningOf(term) === 'ISO_IR 6')
  return [...scope.dataSet.values()].some((element) => isForeign(element, scope, isDefault))
}

function isForeign(element: DataElement, scope: Scope, isDefault: boolean): boolean {
  if (element.items !== undefined) return element.items.some((item) => isForeignItem(item, scope))
  if (valueRepresentation(element.vr)?.usesCharacterSet !== true) return false
  if (isDefault) return element.value.some((byte) => byte >= 0x80)
  return canonicalValue(element, element.vr, scope).isUndecodable
}

function isForeignItem(item: DataSet, scope: Scope): boolean {
  return !item.has(tags.specificCharacterSet) && hasForeignText(scopeOf(item, scope))
}
