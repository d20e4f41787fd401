import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { isPrivate, isPrivateCreator, parseTag } from '@ahi-dicom/dicom-standard'

/** What a key of the metadata document stands for. */
export interface ElementKey {
  readonly tag: number
  /** VR as PS3.6 prints it; LO for private creators; undefined for other private and for unknown elements. */
  readonly vr: string | undefined
  /** Whether the key is a keyword, and not a tag. */
  readonly isKeyword: boolean
}

const keysByName = new Map<string, ElementKey>()

/** The element of a keyword of PS3.6 or of a tag; undefined for anything else. */
export function elementKey(key: string): ElementKey | undefined {
  const known = keysByName.get(key)
  if (known !== undefined) return known
  const entry = lookUpKeyword(key)
  if (entry === undefined) return keyOfTag(parseTag(key))
  const found = { tag: entry.tag, vr: entry.vr, isKeyword: true }
  keysByName.set(key, found)
  return found
}

/** An element may be keyed by its tag although it has a keyword. */
function keyOfTag(tag: number | undefined): ElementKey | undefined {
  if (tag === undefined) return undefined
  if (isPrivateCreator(tag)) return { tag, vr: 'LO', isKeyword: false }
  return { tag, vr: isPrivate(tag) ? undefined : lookUpTag(tag)?.vr, isKeyword: false }
}
