import { gunzipSync } from 'node:zlib'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { expect } from 'vitest'
import { patientIdOf } from './input-files.ts'
import { objectOf, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { imageSetsOf, placeOf, until } from './session.ts'
import type { Place, Session } from './session.ts'

/** The quota of the payload of UpdateImageSetMetadata, and one byte. */
const TOO_LARGE = 10 * 1024 + 1

/** A copy of a primary image set: changed, changed back, promoted in place of the first one. */
export async function modifyImageSets(session: Session): Promise<void> {
  const original = await findCt(session)
  const copy = await copyImageSet(session, original, {})
  await updateCopy(session, copy)
  await refuseModifications(session, copy)
  await deleteImageSet(session, original)
  const promoted = await copyImageSet(session, copy, { promoteToPrimary: true })
  expect(await session.client.succeed('GetImageSet', promoted)).toMatchObject({ isPrimary: true })
  await deleteImageSet(session, copy)
}

/** Deletes the image sets that the session imported. */
export async function deleteStudy(session: Session): Promise<void> {
  const patientId = patientIdOf(session.name)
  const imageSets = await imageSetsOf(session, patientId)
  expect(imageSets).toHaveLength(3)
  for (const imageSet of imageSets) await deleteImageSet(session, placeOf(session, imageSet))
  expect(await imageSetsOf(session, patientId)).toEqual([])
}

async function findCt(session: Session): Promise<Place> {
  const imageSets = await imageSetsOf(session, patientIdOf(session.name))
  return placeOf(
    session,
    imageSets.find((one) => objectOf(one, 'DICOMTags')['DICOMSeriesModality'] === 'CT'),
  )
}

async function copyImageSet(session: Session, source: Place, options: JsonObject): Promise<Place> {
  const { datastoreId, imageSetId: sourceImageSetId } = source
  const { versionId } = await session.client.succeed('GetImageSet', source)
  const output = await session.client.succeed('CopyImageSet', {
    datastoreId,
    sourceImageSetId,
    copyImageSetInformation: { sourceImageSet: { latestVersionId: versionId } },
    ...options,
  })
  expect(output).toMatchObject({
    sourceImageSetProperties: {
      imageSetId: sourceImageSetId,
      imageSetState: 'LOCKED',
      imageSetWorkflowStatus: 'COPYING_WITH_READ_ONLY_ACCESS',
    },
    destinationImageSetProperties: { latestVersionId: '1', imageSetState: 'LOCKED', imageSetWorkflowStatus: 'COPYING' },
  })
  const destination = placeOf(session, output['destinationImageSetProperties'])
  expect(await settled(session, destination)).toMatchObject({ versionId: '1', imageSetWorkflowStatus: 'COPIED' })
  await settled(session, source)
  return destination
}

/** Changes an attribute, removes one, and goes back to the first version. */
async function updateCopy(session: Session, place: Place): Promise<void> {
  const before = await readStudy(session, place)
  await updateImageSet(session, place, {
    updatableAttributes: '{"SchemaVersion":1.1,"Patient":{"DICOM":{"PatientName":"Conformance^Anna"}}}',
  })
  const { StudyDescription } = before.Study.DICOM
  const removable = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription } } }
  await updateImageSet(session, place, { removableAttributes: JSON.stringify(removable) })
  const after = await readStudy(session, place)
  expect(after.Patient.DICOM).toEqual({ ...before.Patient.DICOM, PatientName: 'Conformance^Anna' })
  expect(after.Study.DICOM).not.toHaveProperty('StudyDescription')
  expect((await readStudy(session, { ...place, versionId: '1' })).Patient).toEqual(before.Patient)
  const reverted = await session.client.succeed('UpdateImageSetMetadata', {
    ...place,
    latestVersionId: '3',
    updateImageSetMetadataUpdates: { revertToVersionId: '1' },
  })
  expect(reverted).toMatchObject({ latestVersionId: '4', imageSetState: 'LOCKED' })
  await settled(session, place)
  const { Patient, Study } = await readStudy(session, place)
  expect({ Patient, Study }).toEqual({ Patient: before.Patient, Study: before.Study })
  const versions = await session.client.items('ListImageSetVersions', place, 1)
  expect(versions.map((version) => textOf(version, 'versionId'))).toEqual(['4', '3', '2', '1'])
}

async function updateImageSet(session: Session, place: Place, updates: JsonObject): Promise<void> {
  const { versionId: latestVersionId } = await session.client.succeed('GetImageSet', place)
  const output = await session.client.succeed('UpdateImageSetMetadata', {
    ...place,
    latestVersionId,
    updateImageSetMetadataUpdates: { DICOMUpdates: updates },
  })
  const next = String(Number(latestVersionId) + 1)
  expect(output).toMatchObject({ ...place, latestVersionId: next, imageSetWorkflowStatus: 'UPDATING' })
  expect(await settled(session, place)).toMatchObject({ versionId: next, imageSetWorkflowStatus: 'UPDATED' })
}

/** Versions that are not the latest, attributes that may not be changed, and more than the quota. */
async function refuseModifications({ client }: Session, place: Place): Promise<void> {
  const update = (latestVersionId: string, updatableAttributes: string): JsonObject => ({
    ...place,
    latestVersionId,
    updateImageSetMetadataUpdates: { DICOMUpdates: { updatableAttributes } },
  })
  await client.fail('UpdateImageSetMetadata', update('1', description('late')), 'ConflictException')
  await client.fail('UpdateImageSetMetadata', update('4', 'no JSON'), 'ValidationException')
  await client.fail(
    'UpdateImageSetMetadata',
    update('4', description('x'.repeat(TOO_LARGE))),
    'ServiceQuotaExceededException',
  )
  const { datastoreId, imageSetId: sourceImageSetId } = place
  const copyImageSetInformation = { sourceImageSet: { latestVersionId: '1' } }
  await client.fail('CopyImageSet', { datastoreId, sourceImageSetId, copyImageSetInformation }, 'ConflictException')
}

function description(text: string): string {
  return JSON.stringify({ SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: text } } })
}

async function deleteImageSet(session: Session, place: Place): Promise<void> {
  const output = await session.client.succeed('DeleteImageSet', place)
  expect(output).toMatchObject({ ...place, imageSetWorkflowStatus: 'DELETING' })
  await until(session, { operation: 'GetImageSet', input: place }, ({ imageSetState }) => imageSetState === 'DELETED')
}

function settled(session: Session, place: Place): Promise<JsonObject> {
  return until(session, { operation: 'GetImageSet', input: place }, ({ imageSetState }) => imageSetState === 'ACTIVE')
}

async function readStudy({ client }: Session, place: JsonObject) {
  const { imageSetMetadataBlob } = await client.succeed('GetImageSetMetadata', place)
  return parseImageSetMetadata(gunzipSync(Buffer.from(String(imageSetMetadataBlob), 'base64')))
}
