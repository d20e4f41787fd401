import { gunzipSync } from 'node:zlib'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { expect } from 'vitest'
import { patientIdOf } from './input-files.ts'
import { objectOf, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { imageSetsOf, placeOf } from './session.ts'
import type { Session } from './session.ts'

/** Every filter, order and page of a search. */
export async function search(session: Session): Promise<void> {
  const { client, target, name } = session
  const { datastoreId } = target
  const ofPatient = { operator: 'EQUAL', values: [{ DICOMPatientId: patientIdOf(name) }] }
  const found = await imageSetsOf(session, patientIdOf(name))
  expect(found.map((one) => textOf(objectOf(one, 'DICOMTags'), 'DICOMSeriesModality')).sort()).toEqual([
    'CT',
    'SR',
    'US',
  ])
  const [one] = found
  for (const filter of filtersThatFind(one)) {
    const searchCriteria = { filters: [ofPatient, filter] }
    const output = await client.succeed('SearchImageSets', { datastoreId, searchCriteria })
    expect({ filter, ...output }).toMatchObject({
      imageSetsMetadataSummaries: expect.arrayContaining([expect.objectContaining({ imageSetId: idOf(one) })]),
    })
  }
  for (const sortField of ['updatedAt', 'createdAt', 'DICOMStudyDateAndTime']) {
    const [up, down] = await Promise.all(
      ['ASC', 'DESC'].map((sortOrder) => {
        const searchCriteria = { filters: [ofPatient], sort: { sortField, sortOrder } }
        return client.items('SearchImageSets', { datastoreId, searchCriteria }, 1)
      }),
    )
    expect({ sortField, ids: up?.map(idOf) }).toEqual({ sortField, ids: down?.map(idOf).toReversed() })
    expect(up).toHaveLength(found.length)
  }
}

function filtersThatFind(imageSet: unknown): readonly JsonObject[] {
  const { createdAt, updatedAt, isPrimary } = Object(imageSet)
  const tags = objectOf(imageSet, 'DICOMTags')
  const { DICOMStudyDate, DICOMStudyTime } = tags
  const texts = ['DICOMAccessionNumber', 'DICOMStudyId', 'DICOMStudyInstanceUID', 'DICOMSeriesInstanceUID']
  const before = { DICOMStudyDateAndTime: { DICOMStudyDate: '19900101' } }
  return [
    ...texts.map((name) => equal({ [name]: tags[name] })),
    equal({ isPrimary }),
    around('createdAt', createdAt),
    around('updatedAt', updatedAt),
    { operator: 'BETWEEN', values: [before, { DICOMStudyDateAndTime: { DICOMStudyDate, DICOMStudyTime } }] },
  ]
}

function equal(value: JsonObject): JsonObject {
  return { operator: 'EQUAL', values: [value] }
}

function around(name: string, seconds: number): JsonObject {
  return { operator: 'BETWEEN', values: [{ [name]: seconds - 60 }, { [name]: seconds + 60 }] }
}

/** The properties, versions, metadata and the frames of each image set. */
export async function readImageSets(session: Session): Promise<void> {
  const { client, name } = session
  for (const imageSet of await imageSetsOf(session, patientIdOf(name))) {
    const place = placeOf(session, imageSet)
    const properties = await client.succeed('GetImageSet', place)
    expect(properties).toMatchObject({ ...place, imageSetState: 'ACTIVE', isPrimary: true })
    const { versionId } = properties
    expect(await client.succeed('GetImageSet', { ...place, versionId })).toEqual(properties)
    const versions = await client.items('ListImageSetVersions', place, 1)
    expect(versions[0]).toMatchObject({ imageSetId: place.imageSetId, versionId, imageSetState: 'ACTIVE' })
    await client.succeed('ListImageSetVersions', { ...place, maxResults: 1 })
    for (const instance of await readInstances(session, { ...place, versionId })) {
      await readFrames(session, place, instance)
    }
  }
}

/** The instances of the metadata document of a version. */
async function readInstances({ client }: Session, place: JsonObject): Promise<readonly InstanceMetadata[]> {
  const { imageSetMetadataBlob, ...headers } = await client.succeed('GetImageSetMetadata', place)
  expect(headers).toEqual({ contentType: 'application/json', contentEncoding: 'gzip' })
  const document = parseImageSetMetadata(gunzipSync(Buffer.from(String(imageSetMetadataBlob), 'base64')))
  expect(document).toMatchObject({ DatastoreID: place['datastoreId'], ImageSetID: place['imageSetId'] })
  return Object.values(document.Study.Series).flatMap(({ Instances }) => Object.values(Instances))
}

async function readFrames({ client }: Session, place: JsonObject, { ImageFrames }: InstanceMetadata): Promise<void> {
  for (const { ID: imageFrameId, FrameSizeInBytes } of ImageFrames) {
    const request = { ...place, imageFrameInformation: { imageFrameId } }
    const { imageFrameBlob, contentType } = await client.succeed('GetImageFrame', request)
    const frame = Buffer.from(String(imageFrameBlob), 'base64')
    expect(contentType).toBe('image/jph')
    expect(frame.subarray(0, 4).toString('hex')).toBe('ff4fff51') // SOC and SIZ of a code stream
    expect(frame).toHaveLength(FrameSizeInBytes ?? 0)
  }
}

function idOf(imageSet: unknown): string {
  return textOf(imageSet, 'imageSetId')
}
