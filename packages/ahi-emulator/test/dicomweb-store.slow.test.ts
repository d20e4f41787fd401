import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { assert, asyncProperty, integer, record, uint8Array } from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { datastoreUrl, get, getJson } from './support/dicomweb.ts'
import { createDicomWebClient } from './support/dicomweb-client.ts'
import { FetchRequest } from './support/fetch-request.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { hasPython, runPython } from './support/tools.ts'

const secondaryCaptureUid = '1.2.840.10008.5.1.4.1.1.7'
const multipartType = 'multipart/related; type="application/dicom"; boundary=b'

const signingKey = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

let data: string
let emulator: Emulator
let url: string

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
  emulator = await startEmulator({ data })
})

beforeEach(async () => {
  url = datastoreUrl({ ...emulator, ...(await emulator.createDatastore()) })
})

afterAll(async () => {
  await emulator.close()
  await rm(data, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly contentType: string | null
  readonly error: string | null
  readonly json: Record<string, unknown>
}

async function store(
  body: Uint8Array,
  {
    path = 'studies',
    ...headers
  }: { readonly path?: string; readonly 'content-type'?: string; readonly accept?: string },
): Promise<Answer> {
  const init = { method: 'POST', headers, body: Buffer.from(body) }
  const response = await fetch(`${url}/${path}`, init)
  const json: unknown = JSON.parse(await response.text())
  const error = response.headers.get('x-amzn-errortype')
  return { status: response.status, contentType: response.headers.get('content-type'), error, json: Object(json) }
}

function message(parts: readonly Uint8Array[], head = 'Content-Type: application/dicom\r\n'): Buffer {
  const delimited = parts.flatMap((part) => [Buffer.from(`--b\r\n${head}\r\n`), part, Buffer.from('\r\n')])
  return Buffer.concat([...delimited, Buffer.from('--b--\r\n')])
}

function ui(uid: string): object {
  return { vr: 'UI', Value: [uid] }
}

describe('StoreDICOM', () => {
  test('stores one instance', async () => {
    const answer = await store(secondaryCapture(), {
      'content-type': 'application/dicom',
      accept: 'application/dicom+json',
    })
    const study = `${url}/studies/2.25.10`
    expect(answer).toEqual({
      status: 200,
      contentType: 'application/dicom+json',
      error: null,
      json: {
        '00081190': { vr: 'UR', Value: [study] },
        '00081199': {
          vr: 'SQ',
          Value: [
            {
              '00081150': ui(secondaryCaptureUid),
              '00081155': ui('2.25.1'),
              '00081190': { vr: 'UR', Value: [`${study}/series/2.25.100/instances/2.25.1`] },
            },
          ],
        },
      },
    })
    expect((await get(`${study}/series/2.25.100/instances/2.25.1`)).status).toBe(200)
  })

  test('stores the valid instances of a multipart message, and names the others', async () => {
    const mixed = [
      secondaryCapture({ StudyDescription: 'one' }),
      Buffer.from('no DICOM'),
      secondaryCapture({ SOPInstanceUID: '2.25.2', StudyInstanceUID: '2.25.11' }),
      secondaryCapture({ SOPInstanceUID: '2.25.3', PatientID: 'x'.repeat(257) }),
      secondaryCapture({ SOPInstanceUID: '2.25.4', StudyDescription: 'another' }),
    ]
    const { status, json } = await store(message(mixed), { path: 'studies/2.25.10', 'content-type': multipartType })
    expect(status).toBe(202)
    // Not understood, another study than in the path, and processing failure.
    expect(json['00081198']).toEqual({
      vr: 'SQ',
      Value: [
        { '00081150': { vr: 'UI' }, '00081155': { vr: 'UI' }, '00081197': { vr: 'US', Value: [0xc000] } },
        { '00081150': ui(secondaryCaptureUid), '00081155': ui('2.25.2'), '00081197': { vr: 'US', Value: [0xa900] } },
        { '00081150': ui(secondaryCaptureUid), '00081155': ui('2.25.3'), '00081197': { vr: 'US', Value: [0x0110] } },
      ],
    })
    // The image set already has another description, so the value is coerced.
    expect(Object(json['00081199']).Value).toMatchObject([
      { '00081155': ui('2.25.1') },
      { '00081155': ui('2.25.4'), '00081196': { vr: 'US', Value: [0xb000] } },
    ])
    expect(await getJson(`${url}/instances`)).toHaveLength(2)
  })

  test('answers 202 if all instances were stored, but one was changed', async () => {
    const [first, second] = [{}, { SOPInstanceUID: '2.25.2', StudyDescription: 'another' }].map((attributes) =>
      secondaryCapture({ StudyDescription: 'one', ...attributes }),
    )
    const { status, json } = await store(message([first ?? '', second ?? ''].map((part) => Buffer.from(part))), {
      'content-type': multipartType,
    })
    expect(status).toBe(202)
    expect(json).not.toHaveProperty('00081198')
  })

  test('answers 409 if no instance could be stored', async () => {
    const { status, error, json } = await store(message([Buffer.from('x')]), { 'content-type': multipartType })
    expect([status, error]).toEqual([409, null])
    expect(json).toHaveProperty('00081198')
    expect(json).not.toHaveProperty('00081199')
    const ofOther = await store(secondaryCapture(), { path: 'studies/2.25.9', 'content-type': 'application/dicom' })
    expect(ofOther.status).toBe(409)
    expect(await getJson(`${url}/studies`)).toEqual([])
  })

  test('stores an existing instance as a new version', async () => {
    for (const StudyDescription of ['old', 'new']) {
      const { status } = await store(secondaryCapture({ StudyDescription }), { 'content-type': 'application/dicom' })
      expect(status).toBe(200)
    }
    expect(await getJson(`${url}/studies?StudyDescription=new`)).toHaveLength(1)
    expect(await getJson(`${url}/instances`)).toHaveLength(1)
  })

  test.each([
    ['', 400, 'ValidationException'],
    ['application/dicom+json', 400, 'ValidationException'],
    ['multipart/related; type="application/dicom+json"; boundary=b', 400, 'ValidationException'],
    ['multipart/related; type="application/dicom"', 400, 'ValidationException'],
    ['multipart/related; type="application/dicom"; boundary=c', 400, 'ValidationException'],
  ])('refuses Content-Type %j', async (contentType, status, error) => {
    const answer = await store(message([secondaryCapture()]), { 'content-type': contentType })
    expect(answer).toMatchObject({ status, error })
    expect(await getJson(`${url}/studies`)).toEqual([])
  })

  test('stores nothing if the client does not accept JSON', async () => {
    const headers = { 'content-type': 'application/dicom', accept: 'application/dicom+xml' }
    expect(await store(secondaryCapture(), headers)).toMatchObject({ status: 406, error: 'NotAcceptableException' })
    expect(await getJson(`${url}/studies`)).toEqual([])
  })

  test('rejects parts of other media types', async () => {
    const body = message([secondaryCapture()], 'Content-Type: image/jpeg\r\n')
    expect((await store(body, { 'content-type': multipartType })).status).toBe(409)
  })

  test.each([
    ['without headers', message([secondaryCapture()], '')],
    [
      'with a preamble and an epilogue',
      Buffer.concat([Buffer.from('preamble\r\n'), message([secondaryCapture()]), Buffer.from('end')]),
    ],
    [
      'with blanks after the boundary',
      Buffer.from(message([secondaryCapture()]).toString('latin1').replaceAll('--b\r\n', '--b \t\r\n'), 'latin1'),
    ],
  ])('reads messages %s', async (_, body) => {
    expect((await store(body, { 'content-type': multipartType })).status).toBe(200)
  })

  test('finds boundaries at any place in a long message', async () => {
    const body = message([secondaryCapture(), secondaryCapture({ SOPInstanceUID: '2.25.2' })])
    const megabyte = 1024 * 1024
    for (let before = 0; before <= 12; before += 1) {
      for (const end of [0, body.indexOf('\r\n--b'), body.lastIndexOf('\r\n--b')]) {
        const preamble = Buffer.alloc(megabyte - end - before - 2, 'x')
        const { status, json } = await store(Buffer.concat([preamble, Buffer.from('\r\n'), body]), {
          'content-type': multipartType,
        })
        expect([status, Object(json['00081199']).Value?.length]).toEqual([200, 2])
      }
    }
  }, 60_000)

  test('answers damaged messages with a client error', async () => {
    const whole = message([secondaryCapture(), secondaryCapture({ SOPInstanceUID: '2.25.2' })])
    const damage = record({
      at: integer({ min: 0, max: whole.byteLength }),
      cut: integer({ min: 0, max: 400 }),
      put: uint8Array({ maxLength: 20 }),
    })
    await assert(
      asyncProperty(damage, async ({ at, cut, put }) => {
        const body = Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + cut)])
        const { status } = await store(body, { 'content-type': multipartType })
        expect([200, 202, 400, 409]).toContain(status)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  test('refuses more than 1 GB, and answers a client that is still writing', async () => {
    const headers = { 'content-type': 'application/dicom', 'content-length': String(2 ** 30 + 1) }
    const sending = request(`${url}/studies`, { method: 'POST', headers })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      sending.once('response', ({ statusCode }) => resolve(statusCode)).once('error', reject)
    })
    const chunk = Buffer.alloc(2 ** 20)
    for (let index = 0; index < 1024; index += 1) {
      if (!sending.write(chunk)) await new Promise((resolve) => sending.once('drain', resolve))
    }
    sending.end(Buffer.alloc(1))
    expect(await answered).toBe(413)
  }, 60_000)

  test('removes all uploads, even those of a killed process', async () => {
    await store(message([secondaryCapture(), Buffer.from('x')]), { 'content-type': multipartType })
    await vi.waitUntil(() => readdirSync(join(data, 'uploads')).length === 0)
    const folder = join(data, 'another')
    await mkdir(join(folder, 'uploads'), { recursive: true })
    await writeFile(join(folder, 'uploads', 'left'), 'x')
    await (await startEmulator({ data: folder })).close()
    expect(existsSync(join(folder, 'uploads'))).toBe(false)
  })
})

describe('StoreDICOM with other clients', () => {
  test('dicomweb-client of npm stores a study', async () => {
    vi.stubGlobal('XMLHttpRequest', FetchRequest)
    const datasets = Array.from(
      generateStudy({ ctSlices: 3, ultrasoundFrames: 2 }),
      ({ data: bytes }) => Uint8Array.from(bytes).buffer,
    )
    const client = createDicomWebClient(url)
    await client.storeInstances({ datasets })
    vi.unstubAllGlobals()
    expect(await getJson(`${url}/instances`)).toHaveLength(datasets.length)
  })

  test.skipIf(!hasPython('dicomweb_client', 'pydicom'))('dicomweb-client of Python stores instances', async () => {
    const files = [
      secondaryCapture(),
      secondaryCapture({ SOPInstanceUID: '2.25.2' }),
      secondaryCapture({ SOPInstanceUID: '2.25.3', SeriesInstanceUID: '2.25.101', StudyInstanceUID: '2.25.11' }),
    ]
    const paths = await Promise.all(
      files.map(async (file, index) => {
        const path = join(data, `${index}.dcm`)
        await writeFile(path, file)
        return path
      }),
    )
    expect(await runPython('dicomweb_store.py', { args: [url, ...paths] })).toEqual({
      referenced: ['2.25.1', '2.25.2'],
      failed: 0,
      other: [`${url}/studies/2.25.11/series/2.25.101/instances/2.25.3`],
      studies: ['2.25.11', '2.25.10'],
    })
  })

  test.skipIf(!hasPython('botocore'))('requests that botocore signs are verified with their bodies', async () => {
    const authentication = { keys: [signingKey], bearerTokens: [] }
    await using locked = await startEmulator({ authentication })
    const file = join(data, 'signed.dcm')
    await writeFile(file, secondaryCapture())
    const path = `/datastore/${locked.datastoreId}/studies`
    const headers = { 'Content-Type': 'application/dicom' }
    const signed = {
      method: 'POST',
      path,
      file,
      headers,
      key: signingKey.accessKeyId,
      secret: signingKey.secretAccessKey,
    }
    const withHash = (hash: string) => ({ ...signed, headers: { ...headers, 'X-Amz-Content-SHA256': hash } })
    const cases: [object, number, string | null][] = [
      [signed, 200, null],
      [{ ...signed, append: 'x' }, 403, 'InvalidSignatureException'],
      [{ ...signed, secret: 'other' }, 403, 'InvalidSignatureException'],
      [withHash('UNSIGNED-PAYLOAD'), 200, null],
      [withHash('STREAMING-AWS4-HMAC-SHA256-PAYLOAD'), 200, null],
      [withHash('0'.repeat(64)), 403, 'InvalidSignatureException'],
      [{ ...signed, change: { 'Content-Type': 'text/plain' } }, 403, 'InvalidSignatureException'],
    ]
    const input = { endpoint: locked.endpoint, requests: cases.map(([request_]) => request_) }
    expect(await runPython('send_signed.py', { input })).toEqual(cases.map(([, status, error]) => [status, error]))
  })

  test('accepts bearer tokens', async () => {
    await using locked = await startEmulator({ authentication: { bearerTokens: ['token'] } })
    const post = async (token: string): Promise<number> => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/dicom' }
      const body = Buffer.from(secondaryCapture())
      return (await fetch(`${datastoreUrl(locked)}/studies`, { method: 'POST', headers, body })).status
    }
    expect([await post('token'), await post('other')]).toEqual([200, 401])
  })
})
