import type { ByteWriter } from '../data-set/byte-writer.ts'
import { characterSetChoices, type CharacterSetChoice } from '@ahi-dicom/dicom-standard/character-sets'
import { findElement, type DataSet } from '../data-set/data-set.ts'
import type { InstanceIdentity } from '../errors.ts'
import type { NoticeCollector } from '../notices.ts'
import { formatTag, tags } from '@ahi-dicom/dicom-standard'
import { textOfElement } from '../data-set/text-of-element.ts'

/** The character set chosen for a data set and for the nested data sets that inherit it. */
export interface CharacterSetScope {
  readonly choice: CharacterSetChoice
}

/** State while a data set is encoded, at any depth. */
export interface EncodeContext {
  readonly writer: ByteWriter
  readonly identity: InstanceIdentity
  readonly notices: NoticeCollector | undefined
}

/** The number of character sets per data set that did not fit its text. */
const misfits = new WeakMap<DataSet, number>()

/** Thrown if a character does not fit the character set of a scope. Caught where the scope begins. */
export class CharacterMisfit extends Error {
  readonly scope: CharacterSetScope
  constructor(scope: CharacterSetScope) {
    super('a character does not fit')
    this.scope = scope
  }
}

/** Returns the character sets for a data set's text, best first, without those that are known not to fit. */
export function choicesLeft({ identity }: EncodeContext, dataSet: DataSet): readonly CharacterSetChoice[] {
  const choices = characterSetChoices(characterSetTerms(dataSet, identity))
  const tried = misfits.get(dataSet)
  return tried === undefined ? choices : choices.slice(tried)
}

/**
 * Returns whether an error says that a character does not fit a scope. Remembers it, so that a nested data set does not
 * try the same character set again when its parent is written anew.
 */
export function isMisfitOf(
  error: unknown,
  { dataSet, scope }: { readonly dataSet: DataSet; readonly scope: CharacterSetScope },
): boolean {
  if (!(error instanceof CharacterMisfit) || error.scope !== scope) return false
  misfits.set(dataSet, (misfits.get(dataSet) ?? 0) + 1)
  return true
}

/** Adds a notice if a data set is not written in the character set that it names. */
export function noteMisfit({ notices }: EncodeContext, dataSet: DataSet, scope: CharacterSetScope): void {
  if (!misfits.has(dataSet)) return
  const message =
    scope.choice.terms?.[0] === 'ISO_IR 192'
      ? 'text does not fit the SpecificCharacterSet of its data set and is written in ISO_IR 192'
      : 'SpecificCharacterSet had misspelt terms and is written with the defined terms'
  notices?.add({ code: 'CHARACTER_SET_CHANGED', tag: formatTag(tags.specificCharacterSet), message })
}

function characterSetTerms(dataSet: DataSet, identity: InstanceIdentity): readonly string[] | undefined {
  const element = findElement(dataSet, tags.specificCharacterSet)
  if (element === undefined) return undefined
  const text = textOfElement(element, identity)
  return text === '' ? [] : text.split('\\')
}
