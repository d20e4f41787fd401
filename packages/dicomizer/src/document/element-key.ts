import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { isPrivate, isPrivateCreator, parseTag } from '@ahi-dicom/dicom-standard'

/** The element that a key of the metadata document stands for. */
export interface ElementKey {
  readonly tag: number
  /** VR as printed in PS3.6. LO for private creators. Undefined for other private and unknown elements. */
  readonly vr: string | undefined
  /** True if the key is a keyword, false if it is a tag. */
  readonly isKeyword: boolean
}

const keysByName = new Map<string, ElementKey>()

/** Returns the element of a keyword of PS3.6 or of a tag. Returns undefined for other keys. */
export function elementKey(key: string): ElementKey | undefined {
  const known = keysByName.get(key)
  if (known !== undefined) return known
  const entry = lookUpKeyword(key)
  if (entry === undefined) return keyOfTag(parseTag(key))
  const found = { tag: entry.tag, vr: entry.vr, isKeyword: true }
  keysByName.set(key, found)
  return found
}

/** Returns the element of a tag. The document may use the tag although the element has a keyword. */
function keyOfTag(tag: number | undefined): ElementKey | undefined {
  if (tag === undefined) return undefined
  if (isPrivateCreator(tag)) return { tag, vr: 'LO', isKeyword: false }
  return { tag, vr: isPrivate(tag) ? undefined : lookUpTag(tag)?.vr, isKeyword: false }
}
