import type { AttributeMap } from '@ahi-dicom/ahi-metadata'

/** A private attribute, named by its creator (PS3.5 7.8.1). */
export interface PrivateAttribute {
  /** `GGGG`, an odd number. */
  readonly group: string
  /** `EE`, the element within the creator's block. */
  readonly element: string
  readonly creator: string
}

const form = /^\(([0-9a-f]{3}[13579bdf]), ?xx([0-9a-f]{2}), ?(?:"([^"]+)"|([^")]+))\)$/i

/**
 * Parses `(GGGG,xxEE,CREATOR)`, the form that GDCM and the tables of PS3.15 use. The creator may be in quotation marks,
 * and must be if it contains a bracket. Returns undefined for any other text.
 */
export function parsePrivateAttribute(text: string): PrivateAttribute | undefined {
  const [, group, element = '', quoted, plain = ''] = form.exec(text) ?? []
  const creator = (quoted ?? plain).trim()
  if (group === undefined || creator === '') return undefined
  return { group: group.toUpperCase(), element: element.toUpperCase(), creator }
}

/** Returns an attribute in the form that {@link parsePrivateAttribute} reads. */
export function privateAttributeName({ group, element, creator }: PrivateAttribute): string {
  return `(${group},xx${element},${creator.includes(')') ? `"${creator}"` : creator})`
}

/** Returns the tag (`GGGGEEEE`) of the attribute in a data set, or undefined if its creator has no block there. */
export function privateTag({ group, element, creator }: PrivateAttribute, dataSet: AttributeMap): string | undefined {
  for (let block = 0x10; block <= 0xff; block++) {
    const digits = block.toString(16).toUpperCase()
    const value = dataSet[`${group}00${digits}`]
    const [named] = Array.isArray(value) ? value : [value]
    if (typeof named === 'string' && named.trim() === creator) return `${group}${digits}${element}`
  }
  return undefined
}
