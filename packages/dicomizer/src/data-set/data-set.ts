import type { JsonValue } from '@ahi-dicom/ahi-metadata'

/** An element with its final VR. `value` is still in the document's form. */
export interface DataElement {
  readonly tag: number
  readonly vr: string
  readonly value: JsonValue
  /** The items, if the element is a sequence. */
  readonly items?: readonly DataSet[]
  /** True if PS3.6 allows `US or SS`. The values may then have both signs, as in LUT descriptors. */
  readonly signUndecided?: boolean
}

/** Elements sorted by tag. Each tag occurs once. */
export type DataSet = readonly DataElement[]

/** Returns the element with this tag, found by binary search. */
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

/** Returns a data set with elements replaced, added, or removed (if the replacement is undefined). */
export function withElements(
  dataSet: DataSet,
  replacements: readonly { readonly tag: number; readonly element: DataElement | undefined }[],
): DataSet {
  const replaced = new Set(replacements.map(({ tag }) => tag))
  const added = replacements.flatMap(({ element }) => (element === undefined ? [] : [element]))
  return [...dataSet.filter(({ tag }) => !replaced.has(tag)), ...added].sort((a, b) => a.tag - b.tag)
}
