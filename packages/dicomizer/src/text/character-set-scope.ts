import type { ByteWriter } from '../data-set/byte-writer.ts'
import { characterSetChoices, type CharacterSetChoice } from '@ahi-dicom/dicom-standard/character-sets'
import { findElement, type DataSet } from '../data-set/data-set.ts'
import type { InstanceIdentity } from '../errors.ts'
import type { NoticeCollector } from '../notices.ts'
import { formatTag, tags } from '@ahi-dicom/dicom-standard'
import { textOfElement } from '../data-set/text-of-element.ts'

/** A data set's choice of character set, and the data sets inside that inherit it. */
export interface CharacterSetScope {
  readonly choice: CharacterSetChoice
}

/** What encoding a data set has to know, at any depth. */
export interface EncodeContext {
  readonly writer: ByteWriter
  readonly identity: InstanceIdentity
  readonly notices: NoticeCollector | undefined
}

/** How many choices of character sets were found not to hold a data set's text. */
const misfits = new WeakMap<DataSet, number>()

/** Thrown when a character does not fit the character set of a scope, and caught where the scope begins. */
export class CharacterMisfit extends Error {
  readonly scope: CharacterSetScope
  constructor(scope: CharacterSetScope) {
    super('a character does not fit')
    this.scope = scope
  }
}

/** The character sets to write a data set's text in, best first, without those that were found not to hold it. */
export function choicesLeft({ identity }: EncodeContext, dataSet: DataSet): readonly CharacterSetChoice[] {
  const choices = characterSetChoices(characterSetTerms(dataSet, identity))
  const tried = misfits.get(dataSet)
  return tried === undefined ? choices : choices.slice(tried)
}

/**
 * Whether an error says that a character does not fit a scope. That is remembered: a data set inside of another is not
 * tried out again where the outer one has to be written anew.
 */
export function isMisfitOf(
  error: unknown,
  { dataSet, scope }: { readonly dataSet: DataSet; readonly scope: CharacterSetScope },
): boolean {
  if (!(error instanceof CharacterMisfit) || error.scope !== scope) return false
  misfits.set(dataSet, (misfits.get(dataSet) ?? 0) + 1)
  return true
}

/** Tells of a data set that is not written in the character set that it names. */
export function noteMisfit({ notices }: EncodeContext, dataSet: DataSet, scope: CharacterSetScope): void {
  if (!misfits.has(dataSet)) return
  const message =
    scope.choice.terms?.[0] === 'ISO_IR 192'
      ? 'text does not fit the SpecificCharacterSet of its data set and is written in ISO_IR 192'
      : 'SpecificCharacterSet is written with the defined terms that it means'
  notices?.add({ code: 'CHARACTER_SET_CHANGED', tag: formatTag(tags.specificCharacterSet), message })
}

function characterSetTerms(dataSet: DataSet, identity: InstanceIdentity): readonly string[] | undefined {
  const element = findElement(dataSet, tags.specificCharacterSet)
  if (element === undefined) return undefined
  const text = textOfElement(element, identity)
  return text === '' ? [] : text.split('\\')
}
