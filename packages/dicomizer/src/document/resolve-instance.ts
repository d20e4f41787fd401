import type { AttributeMap } from '@ahi-dicom/ahi-metadata'

import type { DataSet } from '../data-set/data-set.ts'
import { createNoticeCollector, type InstanceNotice } from '../notices.ts'
import type { ResolveOptions } from './collect-elements.ts'
import { resolveElements } from './resolve-elements.ts'

/** A data set and its group 2, which the document keeps among the attributes of the instance. */
export interface ResolvedInstance {
  readonly fileMeta: DataSet
  readonly dataSet: DataSet
  /** What of the document is not there, or under another VR than its own. */
  readonly notices: readonly InstanceNotice[]
  /** Whether AHI keeps a binary value apart from the document: only GetDICOMInstance has the whole data set then. */
  readonly hasSeparateBulkData: boolean
}

/**
 * Merges the levels of an instance, the first that has an attribute wins, and gives every element its tag and a VR that
 * holds its value. Group lengths, Pixel Data and its offset tables are left out: the writer makes them. What the
 * standard has no place for is left out with a notice.
 *
 * @throws {MetadataError} for sequences nested deeper than any reader follows.
 */
export function resolveInstance(levels: readonly AttributeMap[], options: ResolveOptions): ResolvedInstance {
  const notices = createNoticeCollector()
  const context = { ...options, notices, hasSeparateBulkData: false }
  const elements = resolveElements(levels, [], context)
  const start = indexOfGroup(elements, 2)
  const end = indexOfGroup(elements, 3)
  return {
    fileMeta: elements.slice(start, end),
    dataSet: start === 0 ? elements.slice(end) : [...elements.slice(0, start), ...elements.slice(end)],
    notices: notices.list(),
    hasSeparateBulkData: context.hasSeparateBulkData,
  }
}

/** Where the elements of a group or of those behind it begin. */
function indexOfGroup(dataSet: DataSet, group: number): number {
  const index = dataSet.findIndex(({ tag }) => tag >>> 16 >= group)
  return index < 0 ? dataSet.length : index
}
