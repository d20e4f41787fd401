import type { JsonValue } from '@ahi-dicom/ahi-metadata'

/** One element: its VR is decided and holds its value, which is as the document has it. */
export interface DataElement {
  readonly tag: number
  readonly vr: string
  readonly value: JsonValue
  /** The items of a sequence. */
  readonly items?: readonly DataSet[]
  /** PS3.6 has `US or SS` for it: its values may need both signs, as those of LUT descriptors do. */
  readonly signUndecided?: boolean
}

/** Elements sorted by tag, each tag once. */
export type DataSet = readonly DataElement[]

/** Finds an element by binary search. */
export function findElement(dataSet: DataSet, tag: number): DataElement | undefined {
  let low = 0
  let high = dataSet.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const element = dataSet[middle]
    if (element === undefined || element.tag === tag) return element
    if (element.tag < tag) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

/** Replaces elements, adds those that are new, and removes those whose replacement is undefined. */
export function withElements(
  dataSet: DataSet,
  replacements: readonly { readonly tag: number; readonly element: DataElement | undefined }[],
): DataSet {
  const replaced = new Set(replacements.map(({ tag }) => tag))
  const added = replacements.flatMap(({ element }) => (element === undefined ? [] : [element]))
  return [...dataSet.filter(({ tag }) => !replaced.has(tag)), ...added].sort((a, b) => a.tag - b.tag)
}
