import type { AttributeMap } from '@ahi-dicom/ahi-metadata'

import type { DataSet } from '../data-set/data-set.ts'
import { createNoticeCollector, type InstanceNotice } from '../notices.ts'
import type { ResolveOptions } from './collect-elements.ts'
import { resolveElements } from './resolve-elements.ts'

/** A data set and its group 2, which the document keeps among the attributes of the instance. */
export interface ResolvedInstance {
  readonly fileMeta: DataSet
  readonly dataSet: DataSet
  /** Notices about values that are lost or have another VR than their own. */
  readonly notices: readonly InstanceNotice[]
  /**
   * True if AHI stores a binary value outside of the document. Only GetDICOMInstance then returns the whole data set.
   */
  readonly hasSeparateBulkData: boolean
}

/**
 * Merges the levels of an instance and gives every element its tag and a VR that can hold its value. If several levels
 * have an attribute, the first level wins. Group lengths, Pixel Data and its offset tables are left out, because the
 * writer makes them. Values that the standard does not allow are left out with a notice.
 *
 * @throws {MetadataError} if sequences are nested too deeply for readers
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

/** Returns the index of the first element of a group, or of a higher group. */
function indexOfGroup(dataSet: DataSet, group: number): number {
  const index = dataSet.findIndex(({ tag }) => tag >>> 16 >= group)
  return index < 0 ? dataSet.length : index
}
