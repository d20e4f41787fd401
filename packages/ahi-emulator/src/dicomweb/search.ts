import type { DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation, OperationContext, OperationRequest } from '../operation/operation.ts'
import type { PrimaryCondition } from '../store/primary-conditions.ts'
import { requireAccepted } from './accept.ts'
import { seriesRoute, studyRoute, checkUid } from './instance-path.ts'
import { dicomJsonType, jsonAnswer } from './json-answer.ts'
import type { SearchLevel } from './match-keys.ts'
import { searchInstances } from './search-instances.ts'
import { readSearchQuery, type Search } from './search-query.ts'
import { searchSeries } from './search-series.ts'
import { searchStudies } from './search-studies.ts'
import { datastoreUrl } from './urls.ts'

type Find = (search: Search, context: OperationContext) => AsyncIterable<DicomJsonDataSet>

const finders: Readonly<Record<SearchLevel, Find>> = {
  study: searchStudies,
  series: searchSeries,
  instance: searchInstances,
}

const datastoreRoute = '/datastore/{datastoreId}'

/** The search operations of DICOMweb (QIDO-RS, PS3.18 10.6). */
export const searchOperations: readonly Operation[] = [
  createSearchOperation('SearchDICOMStudies', 'study', `${datastoreRoute}/studies`),
  createSearchOperation('SearchDICOMSeries', 'series', `${studyRoute}/series`),
  createSearchOperation('SearchDICOMInstances', 'instance', `${seriesRoute}/instances`),
  createSearchOperation('SearchDICOMStudyInstances', 'instance', `${studyRoute}/instances`),
  createSearchOperation('SearchDICOMAllSeries', 'series', `${datastoreRoute}/series`),
  createSearchOperation('SearchDICOMAllInstances', 'instance', `${datastoreRoute}/instances`),
]

function createSearchOperation(name: string, level: SearchLevel, path: string): Operation {
  return {
    name,
    method: 'GET',
    path,
    async run(request, context) {
      const search = readSearch(request, level)
      requireAccepted(request.headers.accept, dicomJsonType)
      existingDatastore(search.datastoreId, context)
      return jsonAnswer(finders[level](search, context))
    },
  }
}

function readSearch(request: OperationRequest, level: SearchLevel): Search {
  const check = createInputCheck()
  const datastoreId = check.id(request.parameters['datastoreId'], 'datastoreId')
  const { study, series } = request.parameters
  if (study !== undefined) checkUid(study, 'studyInstanceUID', check)
  if (series !== undefined) checkUid(series, 'seriesInstanceUID', check)
  const query = readSearchQuery(request.query, level, check)
  check.finish()
  const conditions = [
    ...(study === undefined ? [] : [isUid('StudyInstanceUID', study)]),
    ...(series === undefined ? [] : [isUid('SeriesInstanceUID', series)]),
    ...query.conditions,
  ]
  return { datastoreId, baseUrl: datastoreUrl(request, datastoreId), study, series, conditions, query }
}

function isUid(key: 'StudyInstanceUID' | 'SeriesInstanceUID', uid: string): PrimaryCondition {
  return { key, match: { kind: 'oneOf', values: [uid] } }
}
