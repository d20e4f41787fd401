import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { importAlone, type ImageSetPlace } from './support/client.ts'
import { createDicomWebClient, type DicomWebClient } from './support/dicomweb-client.ts'
import { datastoreUrl, uidsOf } from './support/dicomweb.ts'
import { FetchRequest } from './support/fetch-request.ts'

const explicitUid = '1.2.840.10008.1.2.1'

describe('dicomweb-client of npm', () => {
  let emulator: Emulator
  let place: ImageSetPlace
  let client: DicomWebClient
  let uids: { readonly studyInstanceUID: string; readonly seriesInstanceUID: string; readonly sopInstanceUID: string }

  beforeAll(async () => {
    vi.stubGlobal('XMLHttpRequest', FetchRequest)
    const authentication = { keys: [], bearerTokens: ['token'] }
    emulator = await startEmulator({ authentication })
    const slices = Array.from(generateStudy({ ctSlices: 3, ultrasoundFrames: 0, report: false }), ({ data }) => data)
    // Metadata is read with the API, which accepts no bearer tokens.
    const open = await startEmulator()
    const { study, series, instance } = await uidsOf(await importAlone(open, slices))
    await open.close()
    const { datastoreId } = await emulator.createDatastore()
    await emulator.importDicom(slices, { datastoreId })
    uids = { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID: instance }
    place = { endpoint: emulator.endpoint, datastoreId, imageSetId: '' }
    client = createDicomWebClient(datastoreUrl(place), { Authorization: 'Bearer token' })
  })

  afterAll(async () => {
    vi.unstubAllGlobals()
    await emulator.close()
  })

  test('finds studies, series and instances', async () => {
    const studies = await client.searchForStudies({ queryParams: { ModalitiesInStudy: 'CT' } })
    expect(studies).toMatchObject([{ '0020000D': { Value: [uids.studyInstanceUID] }, '00201208': { Value: [3] } }])
    const series = await client.searchForSeries({ ...uids, queryParams: { includefield: 'BodyPartExamined' } })
    expect(series).toMatchObject([{ '0020000E': { Value: [uids.seriesInstanceUID] } }])
    const instances = await client.searchForInstances({ ...uids, queryParams: { limit: 2, offset: 1 } })
    expect(instances).toHaveLength(2)
  })

  test('reads metadata', async () => {
    const ofSeries = await client.retrieveSeriesMetadata(uids)
    expect(ofSeries).toHaveLength(3)
    expect(ofSeries).toEqual(expect.arrayContaining(Object(await client.retrieveInstanceMetadata(uids))))
  })

  test('reads frames, decoded and stored', async () => {
    const mediaType = 'application/octet-stream'
    const frame = async (transferSyntaxUID: string): Promise<Buffer> => {
      const mediaTypes = [{ mediaType, transferSyntaxUID }]
      const [first] = await client.retrieveInstanceFrames({ ...uids, frameNumbers: [1], mediaTypes })
      return Buffer.from(first ?? new ArrayBuffer(0))
    }
    const [{ '00280010': rows, '00280011': columns }] = Object(await client.retrieveInstanceMetadata(uids))
    expect((await frame(explicitUid)).byteLength).toBe(rows.Value[0] * columns.Value[0] * 2)
    expect((await frame('*')).readUInt32BE(0)).toBe(0xff4fff51)
  })

  test('is refused without its token', async () => {
    const stranger = createDicomWebClient(datastoreUrl(place))
    await expect(stranger.searchForStudies()).rejects.toMatchObject({ status: 403 })
  })
})
