import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frameOf, importAlone, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { get, instanceUrl } from './support/dicomweb.ts'
import { secondaryCapture, secondaryCaptureAttributes } from './support/secondary-capture.ts'

const htj2kUid = '1.2.840.10008.1.2.4.203'
const jpeg2000Uid = '1.2.840.10008.1.2.4.91'
const explicit = 'application/dicom'
const asStored = 'application/dicom; transfer-syntax=*'
const side = 64

/** AHI stores frames of these transfer syntaxes as imported, so no import has decoded them. */
describe.each([
  { uid: htj2kUid, losslessStorageFormat: 'HTJ2K' },
  { uid: jpeg2000Uid, losslessStorageFormat: 'JPEG_2000_LOSSLESS' },
] as const)('an instance of frames of $uid that cannot all be decoded', ({ uid, losslessStorageFormat }) => {
  let emulator: Emulator
  let codeStream: Uint8Array

  beforeAll(async () => {
    emulator = await startEmulator()
    codeStream = await encode(side)
  })

  afterAll(() => emulator.close())

  /** Returns the code stream that an import creates for a square of noise. */
  async function encode(length: number): Promise<Uint8Array> {
    const pixels = Uint8Array.from({ length: length * length }, (_, index) => (index * 7919) >>> 3)
    const file = secondaryCapture({ Rows: length, Columns: length }, pixels)
    const place = await importAlone(emulator, [file], { losslessStorageFormat })
    return frameOf(place, await firstFrameId(place))
  }

  async function importFrames(frames: readonly Uint8Array[], attributes: AttributeMap = {}): Promise<ImageSetPlace> {
    const own = { Rows: side, Columns: side, NumberOfFrames: String(frames.length), ...attributes }
    const file = { attributes: secondaryCaptureAttributes(own), transferSyntaxUid: uid, pixelData: frames }
    return importAlone(emulator, [encodePart10(file)])
  }

  const faults: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
    ['is cut', async () => codeStream.subarray(0, codeStream.length >>> 1)],
    ['is empty', async () => new Uint8Array(0)],
    ['is not a code stream', async () => Uint8Array.from({ length: 500 }, (_, index) => index)],
    ['has another size', () => encode(side / 2)],
    ['is damaged in its header', async () => codeStream.map((byte, index) => (index > 50 && index < 70 ? 255 : byte))],
  ]

  test.each(faults)('answers 406 before the first byte if the last frame %s', async (_, makeFrame) => {
    const frames = [codeStream, codeStream, await makeFrame()]
    const place = await importFrames(frames)
    const url = await instanceUrl(place)
    expect(await statusOf(url, explicit)).toEqual([406, 'NotAcceptableException'])
    expect(await statusOf(`${url}/frames/1,2,3`, undefined)).toEqual([406, 'NotAcceptableException'])
    expect(await statusOf(`${url}/frames/1,2`, undefined)).toEqual([200, null])
    const whole = await get(url, asStored)
    expect(whole.status).toBe(200)
    expect(whole.body.includes(Buffer.from(frames[2] ?? []))).toBe(true)
  })

  test('answers 406 if no frame has the size in the attributes', async () => {
    const url = await instanceUrl(await importFrames([codeStream, codeStream], { Rows: side + 1 }))
    expect(await statusOf(`${url}/frames/1`, undefined)).toEqual([406, 'NotAcceptableException'])
    expect(await statusOf(url, asStored)).toEqual([200, null])
  })

  test('sends the instance if all frames decode, also a second time', async () => {
    const url = await instanceUrl(await importFrames([codeStream, codeStream, codeStream]))
    const first = await get(url, explicit)
    expect([first.status, first.body.length > 3 * side * side]).toEqual([200, true])
    expect((await get(url, explicit)).body.equals(first.body)).toBe(true)
  })
})

async function statusOf(url: string, accept: string | undefined): Promise<[number, string | null]> {
  const { status, headers } = await get(url, accept)
  return [status, headers.get('x-amzn-errortype')]
}

async function firstFrameId(place: ImageSetPlace): Promise<string> {
  const [instance] = instancesOf(await metadataOf(place))
  return instance?.ImageFrames[0]?.ID ?? ''
}
