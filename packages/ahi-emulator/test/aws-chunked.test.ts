import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { array, assert, asyncProperty, constantFrom, nat, tuple } from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datastoreUrl } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { hasPython, runPython } from './support/tools.ts'

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

let emulator: Emulator
let folder: string
let url: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahi-aws-chunked-'))
  emulator = await startEmulator({ data: join(folder, 'data'), authentication: { keys: [key], bearerTokens: ['x'] } })
  url = `${datastoreUrl(emulator)}/studies`
})

afterAll(async () => {
  await emulator.close()
  await rm(folder, { recursive: true })
})

/** With a bearer token, the request needs no signature. */
async function store(body: Uint8Array, headers: Record<string, string>): Promise<[number, string | null]> {
  const given = { authorization: 'Bearer x', 'content-type': 'application/dicom', ...headers }
  const response = await fetch(url, { method: 'POST', body: Buffer.from(body), headers: given })
  await response.arrayBuffer()
  return [response.status, response.headers.get('x-amzn-errortype')]
}

test.skipIf(!hasPython('botocore'))('stores bodies with signed chunks, and refuses changed ones', async () => {
  const file = join(folder, 'a.dcm')
  await writeFile(file, secondaryCapture({ StudyDescription: 'in chunks' }))
  const signature = ';chunk-signature='
  const cases = [
    [{ kind: 'signed' }, 200, null],
    [{ kind: 'signed', chunk: 1 << 20 }, 200, null],
    [{ kind: 'signed', headers: { 'Content-Encoding': null } }, 200, null],
    [{ kind: 'signed-trailer' }, 200, null],
    [{ kind: 'unsigned-trailer' }, 200, null],
    [{ kind: 'signed', change: [['in chunks', 'in chunkz']] }, 403, 'InvalidSignatureException'],
    [
      { kind: 'signed-trailer', change: [['trailer-signature:', 'trailer-signature:0']] },
      403,
      'InvalidSignatureException',
    ],
    [{ kind: 'unsigned-trailer', change: [['in chunks', 'in chunkz']] }, 400, 'ValidationException'],
    [{ kind: 'signed-trailer', change: [['in chunks', 'in chunkz']] }, 400, 'ValidationException'],
    [
      { kind: 'unsigned-trailer', change: [['x-amz-checksum-crc32', 'x-amz-checksum-sha1']] },
      400,
      'ValidationException',
    ],
    [{ kind: 'signed', change: [['40;chunk', '41;chunk']] }, 400, 'MalformedHttpRequestException'],
    [{ kind: 'signed', change: [[signature, ';chunk-signatura=']] }, 400, 'MalformedHttpRequestException'],
    [{ kind: 'signed', headers: { 'X-Amz-Decoded-Content-Length': '5' } }, 400, 'MalformedHttpRequestException'],
    [
      { kind: 'unsigned-trailer', headers: { 'X-Amz-Content-SHA256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' } },
      403,
      'InvalidSignatureException',
    ],
  ] as const
  const { accessKeyId, secretAccessKey: secret } = key
  const task = { url, file, key: accessKeyId, secret, cases: cases.map(([one]) => one) }
  const answers = await runPython('send_chunked.py', { input: task })
  expect(answers).toEqual(cases.map(([, status, code]) => [status, code]))
})

describe('checksums of a body', () => {
  // Check values of the algorithms for the text 123456789 (CRC RevEng catalogue; SHA by Node.js).
  test.each([
    ['crc32', 'cbf43926'],
    ['crc32c', 'e3069283'],
    ['crc64nvme', 'ae8b14860a799888'],
    ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ])('%s is verified, in headers and in trailers', async (algorithm, hex) => {
    const name = `x-amz-checksum-${algorithm}`
    const value = Buffer.from(hex, 'hex').toString('base64')
    const wrong = Buffer.from(hex, 'hex').fill(0, 0, 1).toString('base64')
    const body = Buffer.from('123456789')
    // The body is not DICOM: 409 means that it was received.
    expect(await store(body, { [name]: value })).toEqual([409, null])
    expect(await store(body, { [name]: wrong })).toEqual([400, 'ValidationException'])
    const chunked = (stated: string): Buffer => Buffer.from(`4\r\n1234\r\n5\r\n56789\r\n0\r\n${name}:${stated}\r\n\r\n`)
    const headers = { 'content-encoding': 'aws-chunked', 'x-amz-trailer': name, 'x-amz-decoded-content-length': '9' }
    expect(await store(chunked(value), headers)).toEqual([409, null])
    expect(await store(chunked(wrong), headers)).toEqual([400, 'ValidationException'])
    expect(await store(Buffer.from('9\r\n123456789\r\n0\r\n\r\n'), headers)).toEqual([400, 'ValidationException'])
  })
})

test('accepts 1,024 chunks below 8 KiB, and any number of larger ones', async () => {
  const headers = { 'content-encoding': 'aws-chunked' }
  const small = Buffer.from('1\r\nx\r\n')
  const large = Buffer.concat([Buffer.from('2000\r\n'), Buffer.alloc(8192), Buffer.from('\r\n')])
  const body = (smallChunks: number): Buffer => {
    const chunks = [...Array<Buffer>(smallChunks).fill(small), ...Array<Buffer>(1100).fill(large)]
    return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')])
  }
  // The body is not DICOM: 409 means that it was received. The empty last chunk counts.
  expect(await store(body(1023), headers)).toEqual([409, null])
  expect(await store(body(1024), headers)).toEqual([400, 'MalformedHttpRequestException'])
})

test('refuses or stores damaged chunked bodies, and leaves no file', async () => {
  const whole = Buffer.from('4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n')
  const headers = { 'content-encoding': 'aws-chunked', 'x-amz-trailer': 'x-amz-checksum-crc32' }
  const edits = array(tuple(nat(whole.length - 1), constantFrom(...'\r\n0aF;: '.split(''))), {
    maxLength: 3,
  })
  await assert(
    asyncProperty(edits, nat(whole.length), async (changes, length) => {
      const body = Buffer.from(whole)
      for (const [at, character] of changes) body.write(character, at, 'latin1')
      const [status] = await store(body.subarray(0, length), headers)
      expect([400, 409]).toContain(status)
    }),
    { numRuns: 200 },
  )
  expect(await readdir(join(folder, 'data', 'uploads'))).toEqual([])
})
