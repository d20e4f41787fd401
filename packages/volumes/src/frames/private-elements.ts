import { parseDecimal, type DicomAttributes } from '@ahi-dicom/dicom-standard'

/** Finds private elements of one data set (PS3.5 7.8.1). */
export interface PrivateElements {
  /** Returns the first number of an element by its creator and the low byte of its number. */
  number(group: string, creator: string, element: string): number | undefined
}

/** Looks up the private creators of a data set once. */
export function privateElements(attributes: DicomAttributes): PrivateElements {
  const blocks = new Map<string, string>()
  for (const key of attributes.keywords()) {
    const [, group, block] = /^(....)00([1-9A-F].)$/.exec(key) ?? []
    const creator = group === undefined ? undefined : attributes.string(key)?.trim()
    if (creator !== undefined) blocks.set(`${group} ${creator}`, block ?? '')
  }
  return {
    number(group, creator, element) {
      const block = blocks.get(`${group} ${creator}`)
      if (block === undefined) return undefined
      const key = `${group}${block}${element}`
      return attributes.number(key) ?? textNumber(attributes.bytes(key))
    },
  }
}

/** Returns the number of an element with an unknown VR. Its bytes are read as the text of IS or DS. */
function textNumber(bytes: Uint8Array | undefined): number | undefined {
  return bytes === undefined ? undefined : parseDecimal(new TextDecoder('latin1').decode(bytes))
}
