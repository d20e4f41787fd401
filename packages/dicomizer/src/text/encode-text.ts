import { CharacterMisfit, type CharacterSetScope, type EncodeContext } from './character-set-scope.ts'
import type { DataElement } from '../data-set/data-set.ts'
import { textOf } from '../data-set/encode-value.ts'
import { formatTag } from '@ahi-dicom/dicom-standard'
import { latin1Bytes } from '@ahi-dicom/runtime'
import type { ValueRepresentation } from '@ahi-dicom/dicom-standard'

/** What writing text has to know. */
export interface TextContext extends EncodeContext {
  readonly scope: CharacterSetScope
}

/** Writes the text of an element in the character set of its scope, or says false where its VR has only ASCII. */
export function writeText(context: TextContext, element: DataElement, representation: ValueRepresentation): boolean {
  const text = textOf(element.value)
  const { vr, usesCharacterSet, isSingleValued } = representation
  const { choice } = context.scope
  if (!(usesCharacterSet && choice.replacesAscii && /[~\\]/.test(text)) && context.writer.ascii(text)) return true
  if (!usesCharacterSet) return writeBeyondAscii(context, element, text)
  const bytes = choice.encode(text, { isPersonName: vr === 'PN', isSingleValued })
  if (bytes === undefined) throw new CharacterMisfit(context.scope)
  if (!text.isWellFormed()) {
    const message = 'U+FFFD stands for halves of characters that its text has'
    context.notices?.add({ code: 'VALUE_REPRESENTATION_BROKEN', tag: formatTag(element.tag), message, isLoss: true })
  }
  context.writer.bytes(bytes)
  return true
}

/** A VR of text in the data set's character set, for as many values. */
export function vrWithCharacterSet(vr: string): string {
  return vr === 'UR' ? 'UT' : 'UC'
}

/**
 * VRs like CS and UI have the default repertoire alone. Files have other bytes in them all the same, and readers take
 * them for ISO 8859-1: so they are written, where they can be.
 */
function writeBeyondAscii({ writer, notices }: TextContext, { tag, vr }: DataElement, text: string): boolean {
  const isLatin = /^[^\u0100-\uffff]*$/.test(text)
  const how = isLatin ? 'bytes of ISO 8859-1' : vrWithCharacterSet(vr)
  notices?.add({
    code: 'VALUE_REPRESENTATION_BROKEN',
    tag: formatTag(tag),
    message: `its text has characters that VR ${vr} has not and is written as ${how}`,
  })
  if (isLatin) writer.bytes(latin1Bytes(text))
  return isLatin
}
