import { CharacterMisfit, type CharacterSetScope, type EncodeContext } from './character-set-scope.ts'
import type { DataElement } from '../data-set/data-set.ts'
import { textOf } from '../data-set/encode-value.ts'
import { formatTag } from '@ahi-dicom/dicom-standard'
import { latin1Bytes } from '@ahi-dicom/runtime'
import type { ValueRepresentation } from '@ahi-dicom/dicom-standard'

/** State while text is written. */
export interface TextContext extends EncodeContext {
  readonly scope: CharacterSetScope
}

/**
 * Writes the text of an element in the character set of its scope. Returns false if the element needs a VR with a
 * character set.
 */
export function writeText(context: TextContext, element: DataElement, representation: ValueRepresentation): boolean {
  const text = textOf(element.value)
  const { vr, usesCharacterSet, isSingleValued } = representation
  const { choice } = context.scope
  if (!(usesCharacterSet && choice.replacesAscii && /[~\\]/.test(text)) && context.writer.ascii(text)) return true
  if (!usesCharacterSet) return writeBeyondAscii(context, element, text)
  const bytes = choice.encode(text, { isPersonName: vr === 'PN', isSingleValued })
  if (bytes === undefined) throw new CharacterMisfit(context.scope)
  if (!text.isWellFormed()) {
    const message = 'its text has incomplete surrogate pairs, which are written as U+FFFD'
    context.notices?.add({ code: 'VALUE_REPRESENTATION_BROKEN', tag: formatTag(element.tag), message, isLoss: true })
  }
  context.writer.bytes(bytes)
  return true
}

/** Returns the VR that allows the data set's character set and as many values as this VR. */
export function vrWithCharacterSet(vr: string): string {
  return vr === 'UR' ? 'UT' : 'UC'
}

/**
 * Writes text with characters beyond ASCII in a VR that has only the default repertoire, such as CS or UI. If the text
 * fits ISO 8859-1, it is written in that, as readers expect. Otherwise returns false.
 */
function writeBeyondAscii({ writer, notices }: TextContext, { tag, vr }: DataElement, text: string): boolean {
  const isLatin = /^[^\u0100-\uffff]*$/.test(text)
  const how = isLatin ? 'bytes of ISO 8859-1' : vrWithCharacterSet(vr)
  notices?.add({
    code: 'VALUE_REPRESENTATION_BROKEN',
    tag: formatTag(tag),
    message: `its text has characters that VR ${vr} does not allow and is written as ${how}`,
  })
  if (isLatin) writer.bytes(latin1Bytes(text))
  return isLatin
}
