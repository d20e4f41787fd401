import type { AttributeMap } from '@ahi-dicom/ahi-metadata'

/** A private attribute by its creator (PS3.5 7.8.1). */
export interface PrivateAttribute {
  /** `GGGG`, odd. */
  readonly group: string
  /** `EE`: its place in the block of its creator. */
  readonly element: string
  readonly creator: string
}

const form = /^\(([0-9a-f]{3}[13579bdf]), ?xx([0-9a-f]{2}), ?(?:"([^"]+)"|([^")]+))\)$/i

/**
 * Reads `(GGGG,xxEE,CREATOR)`, as GDCM and the tables of PS3.15 write private attributes. The creator may be in quotation
 * marks, and has to be if it has a bracket. Returns undefined for anything else.
 */
export function parsePrivateAttribute(text: string): PrivateAttribute | undefined {
  const [, group, element = '', quoted, plain = ''] = form.exec(text) ?? []
  const creator = (quoted ?? plain).trim()
  if (group === undefined || creator === '') return undefined
  return { group: group.toUpperCase(), element: element.toUpperCase(), creator }
}

/** Writes an attribute as {@link parsePrivateAttribute} reads it. */
export function privateAttributeName({ group, element, creator }: PrivateAttribute): string {
  return `(${group},xx${element},${creator.includes(')') ? `"${creator}"` : creator})`
}

/** Returns the tag, `GGGGEEEE`, that the attribute has in a data set; undefined if its creator has no block there. */
export function privateTag({ group, element, creator }: PrivateAttribute, dataSet: AttributeMap): string | undefined {
  for (let block = 0x10; block <= 0xff; block++) {
    const digits = block.toString(16).toUpperCase()
    const value = dataSet[`${group}00${digits}`]
    const [named] = Array.isArray(value) ? value : [value]
    if (typeof named === 'string' && named.trim() === creator) return `${group}${digits}${element}`
  }
  return undefined
}
