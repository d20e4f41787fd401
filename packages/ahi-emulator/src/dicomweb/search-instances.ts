import type { AttributeMap, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import { existingDatastore, latestDocument } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import type { ImageSet } from '../store/image-sets.ts'
import { instanceLevels } from './instance-json.ts'
import type { InstanceCondition, Search } from './search-query.ts'
import { resultJson } from './search-results.ts'
import { attributesOfSeries } from './search-series.ts'
import { instanceUrl } from './urls.ts'

/** Most ids per query. Each query may scan all image sets, so few queries are better. */
const idsAtATime = 5000

/** Attributes in every result for an instance. */
const instanceAttributes = ['SOPClassUID', 'InstanceNumber', 'Rows', 'Columns', 'BitsAllocated', 'NumberOfFrames']

/**
 * Yields instances, sorted by SeriesNumber and InstanceNumber. Holds the document of one image set in memory at a time.
 * Image sets before the offset are skipped without reading their documents, unless the search has conditions on
 * instances.
 */
export async function* searchInstances(search: Search, context: OperationContext): AsyncGenerator<DicomJsonDataSet> {
  const { offset, limit, instanceConditions } = search.query
  let toSkip = offset
  let left = limit
  for (const imageSet of imageSets(search, context)) {
    if (left === 0) return
    if (instanceConditions.length === 0 && toSkip >= imageSet.instanceCount) {
      toSkip -= imageSet.instanceCount
      continue
    }
    const matching = await matchingInstances(imageSet, instanceConditions, context)
    const page = matching.slice(toSkip, toSkip + left)
    toSkip = Math.max(0, toSkip - matching.length)
    left -= page.length
    yield* describe(page, { imageSet, search, context })
  }
}

function* imageSets(search: Search, { store }: OperationContext): Generator<ImageSet> {
  for (let offset = 0; ; offset += idsAtATime) {
    const ids = store.primaryImageSets.ids(search, { offset, limit: idsAtATime })
    for (const id of ids) {
      const imageSet = store.imageSets.get(search.datastoreId, id)
      if (imageSet !== undefined) yield imageSet
    }
    if (ids.length < idsAtATime) return
  }
}

type Instance = readonly [sopInstanceUid: string, instance: InstanceMetadata]

async function matchingInstances(
  imageSet: ImageSet,
  conditions: readonly InstanceCondition[],
  context: OperationContext,
): Promise<Instance[]> {
  const { Study } = await latestDocument(imageSet, context)
  const warnings = context.store.instanceWarnings.ofImageSet(imageSet.id)
  return Object.entries(Study.Series[imageSet.seriesInstanceUid]?.Instances ?? {})
    .filter(([uid, { DICOM }]) =>
      conditions.every((condition) => isMatch({ ...DICOM, WarningReason: [...(warnings.get(uid) ?? [])] }, condition)),
    )
    .sort(([, a], [, b]) => instanceNumber(a) - instanceNumber(b))
}

function isMatch(attributes: AttributeMap, { keyword, match }: InstanceCondition): boolean {
  const value = attributes[keyword]
  if (match.kind !== 'oneOf') return false
  return [value].flat().some((one) => isText(one) && match.values.includes(String(one).trim()))
}

function isText(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/**
 * Returns the InstanceNumber to sort by. Instances without one come last. Equal ones stay in the order of their UIDs.
 */
function instanceNumber({ DICOM }: InstanceMetadata): number {
  const value = DICOM['InstanceNumber']
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isNaN(number) ? Number.MAX_VALUE : number
}

async function* describe(
  instances: readonly Instance[],
  of: { readonly imageSet: ImageSet; readonly search: Search; readonly context: OperationContext },
): AsyncGenerator<DicomJsonDataSet> {
  const { imageSet, search, context } = of
  const { datastoreId, query } = search
  const datastore = existingDatastore(datastoreId, context)
  const metadata = await latestDocument(imageSet, context)
  const ofSeries = attributesOfSeries(imageSet, search, context)
  const warnings = context.store.instanceWarnings.ofImageSet(imageSet.id)
  for (const [sopInstanceUid, instance] of instances) {
    const { studyInstanceUid, seriesInstanceUid } = imageSet
    const place = { datastoreId, studyInstanceUid, seriesInstanceUid, imageSetId: undefined }
    const levels = instanceLevels({ ...place, datastore, metadata, instance })
    const own = Object.fromEntries(instanceAttributes.map((keyword) => [keyword, instance.DICOM[keyword] ?? null]))
    const [warning] = warnings.get(sopInstanceUid) ?? []
    const attributes = {
      ...(warning === undefined ? {} : { WarningReason: warning }),
      ...(search.series === undefined ? ofSeries : {}),
      ...own,
      StudyInstanceUID: studyInstanceUid,
      SeriesInstanceUID: seriesInstanceUid,
      SOPInstanceUID: sopInstanceUid,
      InstanceAvailability: 'ONLINE',
      RetrieveURL: instanceUrl(search.baseUrl, { studyInstanceUid, seriesInstanceUid, sopInstanceUid }),
    }
    const identity = { datastoreId, imageSetId: imageSet.id, sopInstanceUid }
    yield resultJson({ attributes, levels, vrs: instance.DICOMVRs }, query.fields, identity)
  }
}
