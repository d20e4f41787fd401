import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { dicomJson } from '@ahi-dicom/dicomizer'
import type { OperationResponse } from '../operation/operation.ts'
import { dicomJsonType } from './json-answer.ts'
import type { StoredInstance } from './store-instances.ts'
import { instanceUrl } from './urls.ts'

/** The data store that the instances were stored in. */
interface StoreOptions {
  readonly datastoreId: string
  readonly baseUrl: string
}

/**
 * Returns the answer of STOW-RS (PS3.18 10.5.3), with the instances that were stored and those that were not. The
 * status is 200 if all were stored without warnings, 409 if none was stored, and 202 otherwise.
 */
export function storeAnswer(instances: readonly StoredInstance[], options: StoreOptions): OperationResponse {
  const stored = instances.filter(({ failureReason }) => failureReason === undefined)
  const failed = instances.filter(({ failureReason }) => failureReason !== undefined)
  const hasWarnings = stored.some(({ warningReason }) => warningReason !== undefined)
  const studies = new Set(stored.flatMap(({ uids }) => uids?.studyInstanceUid ?? []))
  const attributes: AttributeMap = {
    RetrieveURL: studies.size === 1 ? `${options.baseUrl}/studies/${[...studies].join('')}` : null,
    ...(failed.length === 0 ? {} : { FailedSOPSequence: failed.map(failedItem) }),
    ...(stored.length === 0 ? {} : { ReferencedSOPSequence: stored.map((one) => referencedItem(one, options)) }),
  }
  const identity = { datastoreId: options.datastoreId, imageSetId: '', sopInstanceUid: '' }
  return {
    bytes: Buffer.from(JSON.stringify(dicomJson([attributes], { vrs: {}, identity }))),
    contentType: dicomJsonType,
    statusCode: stored.length === 0 ? 409 : failed.length > 0 || hasWarnings ? 202 : 200,
  }
}

function failedItem({ uids, failureReason }: StoredInstance): AttributeMap {
  return {
    ReferencedSOPClassUID: uids?.sopClassUid ?? null,
    ReferencedSOPInstanceUID: uids?.sopInstanceUid ?? null,
    FailureReason: failureReason ?? null,
  }
}

function referencedItem({ uids, warningReason }: StoredInstance, { baseUrl }: StoreOptions): AttributeMap {
  return {
    ReferencedSOPClassUID: uids?.sopClassUid ?? '',
    ReferencedSOPInstanceUID: uids?.sopInstanceUid ?? '',
    RetrieveURL: uids === undefined ? '' : instanceUrl(baseUrl, uids),
    ...(warningReason === undefined ? {} : { WarningReason: warningReason }),
  }
}
