import type { ByteWriter } from './byte-writer.ts'
import { characterSetChoices, type CharacterSetChoice } from './character-set.ts'
import { findElement, type DataSet } from './data-set.ts'
import type { InstanceIdentity } from './errors.ts'
import type { NoticeCollector } from './notices.ts'
import { formatTag, tags } from './tags.ts'
import { textOfElement } from './text-of-element.ts'

/** A data set's choice of character set, and the data sets inside that inherit it. */
export interface CharacterSetScope {
  readonly choice: CharacterSetChoice
}

/** What encoding a data set has to know, at any depth. */
export interface EncodeContext {
  readonly writer: ByteWriter
  readonly identity: InstanceIdentity
  readonly notices: NoticeCollector | undefined
  /** Choices of character sets that were found not to hold a data set's text, by the number of them. */
  readonly misfits: Map<DataSet, number>
}

/** Thrown when a character does not fit the character set of a scope, and caught where the scope begins. */
export class CharacterMisfit extends Error {
  readonly scope: CharacterSetScope
  constructor(scope: CharacterSetScope) {
    super('a character does not fit')
    this.scope = scope
  }
}

/**
 * Encodes with the first choice of character set in which all of the text fits. What did not fit is remembered: a data
 * set inside is not tried out again where that around it has to be written anew.
 */
export function encodeInScope(
  context: EncodeContext,
  dataSet: DataSet,
  encode: (scope: CharacterSetScope) => void,
): void {
  const { writer, identity, misfits } = context
  const start = writer.length
  const choices = characterSetChoices(characterSetTerms(dataSet, identity))
  const tried = misfits.get(dataSet) ?? 0
  for (const [index, choice] of choices.entries()) {
    if (index < tried) continue
    const scope = { choice }
    try {
      encode(scope)
      if (index > 0) addNotice(context, choice)
      return
    } catch (error) {
      if (!(error instanceof CharacterMisfit) || error.scope !== scope) throw error
      misfits.set(dataSet, index + 1)
      writer.length = start
    }
  }
}

function addNotice({ notices }: EncodeContext, { terms = [] }: CharacterSetChoice): void {
  const message =
    terms[0] === 'ISO_IR 192'
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
