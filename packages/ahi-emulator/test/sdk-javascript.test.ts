import {
  GetDatastoreCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  MedicalImagingClient,
  ResourceNotFoundException,
  ValidationException,
  paginateListDatastores,
  paginateListImageSetVersions,
  paginateSearchImageSets,
} from '@aws-sdk/client-medical-imaging'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instancesOf } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

describe('the AWS SDK for JavaScript', () => {
  let emulator: Emulator
  let client: MedicalImagingClient
  let datastoreId: string

  beforeAll(async () => {
    emulator = await startEmulator()
    datastoreId = emulator.datastoreId
    client = new MedicalImagingClient({
      endpoint: emulator.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      disableHostPrefix: true,
    })
    const series = [1, 2, 3].map((number) => secondaryCapture({ SeriesInstanceUID: `2.25.100.${number}` }))
    await emulator.importDicom(series)
    await emulator.importDicom(series.slice(0, 1))
  })

  afterAll(async () => {
    client.destroy()
    await emulator.close()
  })

  test('reads data stores with dates', async () => {
    const { datastoreProperties } = await client.send(new GetDatastoreCommand({ datastoreId }))
    expect(datastoreProperties).toMatchObject({ datastoreStatus: 'ACTIVE', losslessStorageFormat: 'HTJ2K' })
    expect(datastoreProperties?.createdAt).toBeInstanceOf(Date)
    await emulator.createDatastore({ name: 'second' })
    const names: (string | undefined)[] = []
    for await (const page of paginateListDatastores({ client, pageSize: 1 }, {})) {
      names.push(...(page.datastoreSummaries ?? []).map(({ datastoreName }) => datastoreName))
    }
    expect(names).toEqual(['ahi-emulator', 'second'])
  })

  test('searches in pages, with filters', async () => {
    const found: unknown[] = []
    const searchCriteria = {
      filters: [
        { operator: 'EQUAL' as const, values: [{ DICOMPatientId: 'P1' }] },
        { operator: 'BETWEEN' as const, values: [{ updatedAt: new Date(0) }, { updatedAt: new Date('2100-01-01') }] },
      ],
      sort: { sortField: 'createdAt' as const, sortOrder: 'ASC' as const },
    }
    for await (const page of paginateSearchImageSets({ client, pageSize: 2 }, { datastoreId, searchCriteria })) {
      found.push(...(page.imageSetsMetadataSummaries ?? []))
    }
    expect(found).toHaveLength(3)
    expect(found[0]).toMatchObject({
      createdAt: expect.any(Date),
      isPrimary: true,
      DICOMTags: { DICOMSeriesNumber: 1 },
    })
  })

  test('reads an image set, its versions, its metadata and its frames', async () => {
    const imageSetId = await idOfSeries('2.25.100.1')
    const properties = await client.send(new GetImageSetCommand({ datastoreId, imageSetId, versionId: '1' }))
    expect(properties).toMatchObject({ versionId: '1', imageSetState: 'ACTIVE', createdAt: expect.any(Date) })
    const versions: unknown[] = []
    for await (const page of paginateListImageSetVersions({ client, pageSize: 1 }, { datastoreId, imageSetId })) {
      versions.push(...(page.imageSetPropertiesList ?? []))
    }
    expect(versions).toMatchObject([
      { versionId: '2', ImageSetWorkflowStatus: 'IMPORTED' },
      { versionId: '1', ImageSetWorkflowStatus: 'CREATED' },
    ])
    const answer = await client.send(new GetImageSetMetadataCommand({ datastoreId, imageSetId }))
    expect(answer).toMatchObject({ contentType: 'application/json', contentEncoding: 'gzip' })
    const document = await answer.imageSetMetadataBlob?.transformToByteArray()
    const [instance] = instancesOf(parseImageSetMetadata(document ?? ''))
    const imageFrameId = instance?.ImageFrames[0]?.ID
    const frame = await client.send(
      new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId } }),
    )
    expect(frame.contentType).toBe('image/jph')
    expect(await frame.imageFrameBlob?.transformToByteArray()).toHaveLength(
      instance?.ImageFrames[0]?.FrameSizeInBytes ?? 0,
    )
  })

  test('gets errors of the right classes', async () => {
    const missing = new GetDatastoreCommand({ datastoreId: 'a'.repeat(32) })
    await expect(client.send(missing)).rejects.toThrow(ResourceNotFoundException)
    const malformed = new GetImageSetCommand({ datastoreId: 'A', imageSetId: '../..' })
    await expect(client.send(malformed)).rejects.toThrow(ValidationException)
    await expect(client.send(malformed)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
      message: expect.stringContaining("2 validation errors detected: Value 'A' at 'datastoreId'"),
    })
  })

  async function idOfSeries(seriesInstanceUid: string): Promise<string> {
    const filters = [{ operator: 'EQUAL' as const, values: [{ DICOMSeriesInstanceUID: seriesInstanceUid }] }]
    for await (const page of paginateSearchImageSets({ client }, { datastoreId, searchCriteria: { filters } })) {
      return page.imageSetsMetadataSummaries?.[0]?.imageSetId ?? ''
    }
    return ''
  }
})
