import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frameOf, importAlone, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import {
  copy,
  destinationOf,
  foundIn,
  holdWrites,
  post,
  propertiesOf,
  remove,
  settled,
  update,
} from './support/modify.ts'
import { secondaryCapture, secondaryCaptureAttributes } from './support/secondary-capture.ts'

const seriesUid = '2.25.100'

describe('CopyImageSet', () => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator()
  })

  afterAll(() => emulator.close())

  function imported(...uids: readonly string[]): Promise<ImageSetPlace> {
    const files = uids.map((SOPInstanceUID, index) => secondaryCapture({ SOPInstanceUID }, pixels(index)))
    return importAlone(emulator, files)
  }

  /** Imports each instance separately into one data store. Returns their image sets. */
  async function importedApart(...imports: readonly AttributeMap[]): Promise<ImageSetPlace[]> {
    const { datastoreId } = await emulator.createDatastore()
    const places: ImageSetPlace[] = []
    for (const attributes of imports) {
      const { imageSets } = await emulator.importDicom([secondaryCapture(attributes)], { datastoreId })
      for (const { imageSetId } of imageSets) places.push({ endpoint: emulator.endpoint, datastoreId, imageSetId })
    }
    return places
  }

  test('creates a non-primary image set with the same metadata and frames', async () => {
    const source = await imported('2.25.1', '2.25.2')
    const answer = await copy(source)
    const destination = destinationOf(source, answer)
    const arn = `arn:aws:medical-imaging:us-east-1:123456789012:datastore/${source.datastoreId}/imageset`
    const times = { createdAt: expect.any(Number), updatedAt: expect.any(Number) }
    expect(answer.json).toEqual({
      datastoreId: source.datastoreId,
      sourceImageSetProperties: {
        imageSetId: source.imageSetId,
        latestVersionId: '1',
        imageSetState: 'LOCKED',
        imageSetWorkflowStatus: 'COPYING_WITH_READ_ONLY_ACCESS',
        imageSetArn: `${arn}/${source.imageSetId}`,
        ...times,
      },
      destinationImageSetProperties: {
        imageSetId: destination.imageSetId,
        latestVersionId: '1',
        imageSetState: 'LOCKED',
        imageSetWorkflowStatus: 'COPYING',
        imageSetArn: `${arn}/${destination.imageSetId}`,
        ...times,
      },
    })
    const copied = { versionId: '1', imageSetState: 'ACTIVE', imageSetWorkflowStatus: 'COPIED', isPrimary: false }
    expect(await settled(destination)).toMatchObject(copied)
    expect(await settled(source)).toMatchObject({ versionId: '1', imageSetWorkflowStatus: 'CREATED', isPrimary: true })
    expect(await metadataOf(destination)).toEqual({
      ...(await metadataOf(source)),
      ImageSetID: destination.imageSetId,
    })
    await expectSameFrames(destination, source)
    expect(await foundIn(source)).toEqual([source.imageSetId, destination.imageSetId].sort())
  })

  test('copies kept pixel data and bulk data, which survive the deletion of the source', async () => {
    const {
      Rows: _,
      Columns: __,
      BitsAllocated: ___,
      ...others
    } = secondaryCaptureAttributes({ SOPInstanceUID: '2.25.2' })
    const large = Buffer.alloc(1024 * 1024 + 2, 7).toString('base64')
    const attributes = { ...others, SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1', EncapsulatedDocument: large }
    const files = [secondaryCapture({ Rows: 3 }), encodePart10({ attributes })]
    const source = await importAlone(emulator, files)
    const uids = await uidsOf(source)
    const before = await Promise.all(uids.map((uid) => fileOf(source, uid)))
    const destination = destinationOf(source, await copy(source))
    await settled(destination)
    await remove(source)
    await settled(source)
    expect(await Promise.all(uids.map((uid) => fileOf(destination, uid)))).toEqual(before)
    const updatable = {
      Study: { Series: { [seriesUid]: { Instances: { '2.25.1': { DICOM: { SOPInstanceUID: '2.25.3' } } } } } },
    }
    await update(destination, { updatable }, { force: true })
    expect(await settled(destination)).toMatchObject({ imageSetWorkflowStatus: 'UPDATED' })
    const renamed = await fileOf(destination, '2.25.3')
    expect(renamed).toHaveLength(before[0]?.byteLength ?? 0)
  })

  test('locks both image sets until it is applied: only the source can be read', async () => {
    const source = await imported('2.25.1')
    const held = await holdWrites(emulator)
    const destination = destinationOf(source, await copy(source))
    expect(await propertiesOf(source)).toMatchObject({ imageSetWorkflowStatus: 'COPYING_WITH_READ_ONLY_ACCESS' })
    expect(await propertiesOf(destination)).toMatchObject({
      imageSetState: 'LOCKED',
      imageSetWorkflowStatus: 'COPYING',
    })
    expect((await post(destination, 'listImageSetVersions')).json).toMatchObject({
      imageSetPropertiesList: [{ versionId: '1', ImageSetWorkflowStatus: 'COPYING' }],
    })
    expect(await uidsOf(source)).toEqual(['2.25.1'])
    expect(await foundIn(source)).toEqual([source.imageSetId])
    for (const operation of ['getImageSetMetadata', 'copyImageSet']) {
      const body = operation === 'copyImageSet' ? { sourceImageSet: { latestVersionId: '1' } } : undefined
      const { status, headers } = await post(destination, operation, body)
      expect([status, headers.get('x-amzn-errortype')]).toEqual([409, 'ConflictException'])
    }
    expect((await remove(destination)).status).toBe(409)
    expect((await copy(source)).status).toBe(409)
    await held.release()
    await settled(destination)
    expect(await uidsOf(destination)).toEqual(['2.25.1'])
  })

  test('copies selected instances', async () => {
    const source = await imported('2.25.1', '2.25.2', '2.25.3')
    const copiable = instances(seriesUid, '2.25.3', '2.25.1')
    const destination = destinationOf(source, await copy(source, { copiable }))
    await settled(destination)
    expect(await uidsOf(destination)).toEqual(['2.25.1', '2.25.3'])
    await expectSameFrames(destination, source)
    const [, left] = instancesOf(await metadataOf(source))
    await expect(frameOf(destination, left?.ImageFrames[0]?.ID ?? '')).rejects.toThrow(/does not exist/)
  })

  test('merges equal image sets into a new version of the destination', async () => {
    const source = await imported('2.25.1', '2.25.2', '2.25.3')
    const first = destinationOf(source, await copy(source, { copiable: instances(seriesUid, '2.25.1') }))
    await settled(first)
    const destination = { imageSetId: first.imageSetId, latestVersionId: '1' }
    const answer = await copy(source, { destination, copiable: instances(seriesUid, '2.25.3') })
    expect(answer.json['destinationImageSetProperties']).toMatchObject({ ...destination, latestVersionId: '2' })
    expect(await settled(first)).toMatchObject({ versionId: '2', imageSetWorkflowStatus: 'COPIED' })
    expect(await uidsOf(first)).toEqual(['2.25.1', '2.25.3'])
    expect(instancesOf(await metadataOf(first, '1'))).toHaveLength(1)
    await expectSameFrames(first, source)
  })

  test('fails for instances that the destination has, with a message', async () => {
    const source = await imported('2.25.1')
    const first = destinationOf(source, await copy(source))
    await settled(first)
    const destination = { imageSetId: first.imageSetId, latestVersionId: '1' }
    await copy(source, { destination, query: '?force=true' })
    expect(await settled(first)).toMatchObject({
      versionId: '2',
      imageSetState: 'ACTIVE',
      imageSetWorkflowStatus: 'COPY_FAILED',
      message: 'INVALID_REQUEST: SOPInstanceUID 2.25.1 is already in the destination image set',
    })
    expect(await settled(source)).toMatchObject({ imageSetState: 'ACTIVE', imageSetWorkflowStatus: 'CREATED' })
    expect(await uidsOf(first)).toEqual(['2.25.1'])
  })

  test.each([
    ['Patient', { PatientID: 'P2' }],
    ['Study', { AccessionNumber: 'A2' }],
    ['Series', { SeriesNumber: '2' }],
    ['Series', { SeriesInstanceUID: '2.25.200' }],
  ])('merges image sets that differ at the %s level only with force', async (level, attributes) => {
    const [into, source] = await importedApart({}, { ...attributes, SOPInstanceUID: '2.25.2' })
    if (into === undefined || source === undefined) throw new Error('expected two image sets')
    const before = await metadataOf(into)
    await copy(source, { destination: { imageSetId: into.imageSetId, latestVersionId: '1' } })
    expect(await settled(into)).toMatchObject({
      imageSetWorkflowStatus: 'COPY_FAILED',
      message: `INVALID_REQUEST: ${level} of SourceImageSet and DestinationImageSet don't match.`,
    })
    const destination = { imageSetId: into.imageSetId, latestVersionId: '2' }
    await copy(source, { destination, query: '?force=true' })
    expect(await settled(into)).toMatchObject({
      versionId: '3',
      imageSetWorkflowStatus: 'COPIED',
      overrides: { forced: true },
    })
    const after = await metadataOf(into)
    expect(after.Patient).toEqual(before.Patient)
    expect(after.Study.DICOM).toEqual(before.Study.DICOM)
    expect(Object.keys(after.Study.Series)).toEqual([seriesUid])
    expect(after.Study.Series[seriesUid]?.DICOM).toEqual(before.Study.Series[seriesUid]?.DICOM)
    expect(await uidsOf(into)).toEqual(['2.25.1', '2.25.2'])
  })

  test('refuses versions that are not the latest', async () => {
    const source = await imported('2.25.1')
    const first = destinationOf(source, await copy(source))
    await settled(first)
    await update(first, { updatable: { Patient: { DICOM: { PatientName: 'A' } } } })
    await settled(first)
    expect((await copy(first, { latestVersion: '1' })).status).toBe(409)
    expect((await copy(first, { latestVersion: '3' })).status).toBe(400)
    const destination = { imageSetId: first.imageSetId, latestVersionId: '1' }
    expect((await copy(source, { destination })).status).toBe(409)
    expect(await propertiesOf(source)).toMatchObject({ imageSetState: 'ACTIVE' })
  })

  test.each([
    ['text that is not JSON', 'no JSON', 'copiableAttributes is not JSON'],
    ['no instances', {}, 'copiableAttributes names no instances'],
    [
      'attributes',
      { Patient: { DICOM: { PatientID: 'P1' } } },
      'copiableAttributes can only name instances, each as an empty object',
    ],
    ['a series without a UID', { Study: { Series: { a: {} } } }, 'Series and instances must be keyed by UID'],
  ])('refuses copiableAttributes with %s', async (_, copiable, message) => {
    const source = await imported('2.25.1')
    const { status, json } = await copy(source, { copiable })
    expect([status, json]).toEqual([400, { message }])
  })

  test('refuses requests with missing or contradictory members', async () => {
    const source = await imported('2.25.1')
    const name = 'copyImageSetInformation.sourceImageSet'
    const { json } = await post(source, 'copyImageSet?force=yes', { sourceImageSet: { DICOMCopies: {} } })
    expect(json['message']).toBe(
      "3 validation errors detected: Value 'yes' at 'force' failed to satisfy constraint: Member must be a boolean; " +
        `Value null at '${name}.latestVersionId' failed to satisfy constraint: Member must not be null; ` +
        `Value null at '${name}.DICOMCopies.copiableAttributes' failed to satisfy constraint: Member must not be null`,
    )
    expect((await copy(source, { copiable: ' '.repeat(260_001) })).json['message']).toMatch(
      /Value '\*\*\*' at .* length less than or equal to 260000$/,
    )
    const destination = { imageSetId: source.imageSetId, latestVersionId: '1' }
    expect((await copy(source, { destination })).json['message']).toBe('An image set cannot be copied into itself')
    const other = { imageSetId: 'a'.repeat(32), latestVersionId: '1' }
    expect((await copy(source, { destination: other })).status).toBe(404)
    expect((await copy(source, { destination: other, query: '?promoteToPrimary=true' })).status).toBe(400)
  })

  test('fails for instances that the source lacks, without a new image set', async () => {
    const source = await imported('2.25.1')
    const destination = destinationOf(source, await copy(source, { copiable: instances(seriesUid, '2.25.9') }))
    expect(await settled(destination)).toMatchObject({
      imageSetState: 'ACTIVE',
      imageSetWorkflowStatus: 'COPY_FAILED',
      message: 'INVALID_REQUEST: Instance 2.25.9 is not in the source image set',
    })
    expect((await post(destination, 'getImageSetMetadata')).status).toBe(404)
    expect(await foundIn(source)).toEqual([source.imageSetId])
    await remove(destination)
    expect(await settled(destination)).toMatchObject({ imageSetState: 'DELETED' })
  })

  test('refuses more than 1000 frames', async () => {
    const count = 1001
    const attributes = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7.2', NumberOfFrames: String(count) }
    const source = await importAlone(emulator, [secondaryCapture(attributes, new Uint8Array(4 * count))])
    const { status, headers, json } = await copy(source)
    expect([status, headers.get('x-amzn-errortype')]).toEqual([402, 'ServiceQuotaExceededException'])
    expect(json['message']).toBe('The copy has 1001 image frames, but the limit is 1000')
  })

  test('refuses synthetic image sets', async () => {
    const [synthetic] = await emulator.addSyntheticImageSets({ imageSets: 1 })
    const { endpoint, datastoreId } = emulator
    const place = { endpoint, datastoreId, imageSetId: synthetic?.imageSetId ?? '' }
    expect((await copy(place)).json).toEqual({
      message: `Image set ${place.imageSetId} is synthetic: it can only be deleted`,
    })
  })

  describe('with promoteToPrimary', () => {
    const query = '?promoteToPrimary=true'

    test('creates a primary image set if the series has none', async () => {
      const primary = await imported('2.25.1')
      const working = destinationOf(primary, await copy(primary))
      await settled(working)
      const refused = await copy(working, { query })
      expect([refused.status, refused.json['message']]).toEqual([
        409,
        `Series ${seriesUid} already has the primary image set ${primary.imageSetId}. Delete it first`,
      ])
      await update(working, { updatable: { Patient: { DICOM: { PatientName: 'New' } } } })
      await settled(working)
      await remove(primary)
      await settled(primary)
      const promoted = destinationOf(working, await copy(working, { latestVersion: '2', query }))
      expect(promoted.imageSetId).not.toBe(working.imageSetId)
      expect(await settled(promoted)).toMatchObject({
        versionId: '1',
        isPrimary: true,
        imageSetWorkflowStatus: 'COPIED',
      })
      expect((await metadataOf(promoted)).Patient.DICOM['PatientName']).toBe('New')
      expect(await propertiesOf(working)).toMatchObject({ isPrimary: false })
      // Later imports go to the primary image set, not to its older copy.
      const more = secondaryCapture({ SOPInstanceUID: '2.25.2' })
      const { imageSets } = await emulator.importDicom([more], { datastoreId: primary.datastoreId })
      expect(imageSets).toEqual([{ imageSetId: promoted.imageSetId, versionId: '2', isPrimary: true }])
    })

    test('promotes one of two concurrent copies', async () => {
      const primary = await imported('2.25.1')
      const copies = [destinationOf(primary, await copy(primary))]
      await settled(primary)
      copies.push(destinationOf(primary, await copy(primary)))
      for (const place of [...copies, primary]) await settled(place)
      await remove(primary)
      await settled(primary)
      const held = await holdWrites(emulator)
      const promoted: ImageSetPlace[] = []
      for (const place of copies) promoted.push(destinationOf(place, await copy(place, { query })))
      await held.release()
      const statuses = (await Promise.all(promoted.map(settled))).map((one) => one['imageSetWorkflowStatus'])
      expect(statuses).toEqual(['COPIED', 'COPY_FAILED'])
    })
  })

  test('applies accepted copies before an import that began earlier and ends later', async () => {
    const source = await imported('2.25.1')
    const held = await holdWrites(emulator)
    await update(source, { updatable: { Study: { DICOM: { StudyDescription: 'NEW' } } } })
    const more = secondaryCapture({ SOPInstanceUID: '2.25.2' })
    const importing = emulator.importDicom([more], { datastoreId: source.datastoreId })
    await held.release()
    expect(await importing).toMatchObject({ imageSets: [{ imageSetId: source.imageSetId, versionId: '3' }] })
    const { Study } = await metadataOf(source)
    expect(Study.DICOM['StudyDescription']).toBe('NEW')
    expect(await uidsOf(source)).toEqual(['2.25.1', '2.25.2'])
  })

  test('allows at most 100 modifications in progress in a data store', async () => {
    const files = Array.from({ length: 101 }, (_, index) =>
      secondaryCapture({ SeriesInstanceUID: `2.25.100.${index}`, SOPInstanceUID: `2.25.1.${index}` }),
    )
    const { datastoreId } = await emulator.createDatastore()
    const { imageSets } = await emulator.importDicom(files, { datastoreId })
    const places = imageSets.map(({ imageSetId }) => ({ endpoint: emulator.endpoint, datastoreId, imageSetId }))
    const held = await holdWrites(emulator)
    const answers = []
    for (const place of places) answers.push(await copy(place))
    expect(answers.slice(0, 100).map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200))
    expect(answers[100]?.headers.get('x-amzn-errortype')).toBe('ServiceQuotaExceededException')
    const last = places[100]
    if (last === undefined) throw new Error('expected 101 image sets')
    expect((await update(last, { revertTo: '1' })).status).toBe(400)
    expect((await remove(last)).headers.get('x-amzn-errortype')).toBe('ThrottlingException')
    await held.release()
    for (const place of places) await settled(place)
    expect((await copy(last)).status).toBe(200)
    await settled(last)
  })
})

async function expectSameFrames(destination: ImageSetPlace, source: ImageSetPlace): Promise<void> {
  for (const { ImageFrames } of instancesOf(await metadataOf(destination))) {
    for (const { ID } of ImageFrames) expect(await frameOf(destination, ID)).toEqual(await frameOf(source, ID))
  }
}

function instances(series: string, ...uids: readonly string[]): unknown {
  const Instances = Object.fromEntries(uids.map((uid) => [uid, {}]))
  return { SchemaVersion: '1.1', Study: { Series: { [series]: { Instances } } } }
}

function pixels(value: number): Uint8Array {
  return new Uint8Array(4).fill(value)
}

/** Returns the file that GetDICOMInstance sends. */
async function fileOf(place: ImageSetPlace, sopInstanceUid: string): Promise<Buffer> {
  const path = `studies/2.25.10/series/${seriesUid}/instances/${sopInstanceUid}?imageSetId=${place.imageSetId}`
  const response = await fetch(`${place.endpoint}/datastore/${place.datastoreId}/${path}`)
  const file = Buffer.from(await response.arrayBuffer())
  expect([response.status, file.subarray(128, 132).toString()]).toEqual([200, 'DICM'])
  return file
}

async function uidsOf(place: ImageSetPlace): Promise<string[]> {
  return Object.values((await metadataOf(place)).Study.Series).flatMap(({ Instances }) => Object.keys(Instances))
}
