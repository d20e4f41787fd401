import type { DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import type { Operation, OperationRequest } from '../operation/operation.ts'
import { requireAccepted } from './accept.ts'
import { bulkDataUri } from './bulk-data.ts'
import { findInstance, findInstances, type FoundInstance } from './find-instance.ts'
import { instanceJson } from './instance-json.ts'
import { instanceRoute, seriesRoute, readInstancePath, readSeriesPath } from './instance-path.ts'
import { dicomJsonType, jsonAnswer } from './json-answer.ts'
import { datastoreUrl } from './urls.ts'

export const getDicomInstanceMetadata: Operation = {
  name: 'GetDICOMInstanceMetadata',
  method: 'GET',
  path: `${instanceRoute}/metadata`,
  async run(request, context) {
    const path = readInstancePath(request)
    requireAccepted(request.headers.accept, dicomJsonType)
    const json = describe(await findInstance(path, context), request)
    return { bytes: Buffer.from(JSON.stringify([json])), contentType: dicomJsonType }
  },
}

export const getDicomSeriesMetadata: Operation = {
  name: 'GetDICOMSeriesMetadata',
  method: 'GET',
  path: `${seriesRoute}/metadata`,
  async run(request, context) {
    const path = readSeriesPath(request)
    requireAccepted(request.headers.accept, dicomJsonType)
    async function* dataSets(): AsyncGenerator<DicomJsonDataSet> {
      for await (const found of findInstances(path, context)) yield describe(found, request)
    }
    return jsonAnswer(dataSets())
  },
}

function describe(instance: FoundInstance, request: OperationRequest): DicomJsonDataSet {
  const baseUrl = datastoreUrl(request, instance.datastoreId)
  return instanceJson(instance, { uriOf: (name) => bulkDataUri(name, instance, baseUrl) })
}
