import { startEmulator, type Emulator, type SyntheticImageSetOptions } from '@ahi-dicom/ahi-emulator'
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { measureEnded, type Usage } from '../bench/measure/measure-command.ts'

/**
 * Limit of the exporting process with two threads, for objects of 1 to 6 GiB. It usually takes 250 to 300 MB. On a busy
 * machine V8 collects the chunks of bodies later.
 */
const mostMegabytes = 450

const bin = new URL('../../packages/cli/dist/bin.js', import.meta.url)
let emulator: Emulator
let out: string

beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'ahi-dicom-large-'))
})
afterEach(() => rm(out, { recursive: true, force: true }))

async function add(options: SyntheticImageSetOptions): Promise<string> {
  const [imageSet] = await emulator.addSyntheticImageSets(options)
  if (imageSet === undefined) throw new TypeError('no image set')
  return imageSet.imageSetId
}

async function exportToFolder(
  imageSetId: string,
  ...options: readonly string[]
): Promise<Usage & { readonly exitCode: number | null }> {
  const connection = ['--endpoint-url', emulator.endpoint, '--datastore-id', emulator.datastoreId]
  const job = ['export', imageSetId, '--out', out, '--threads', '2', '--quiet']
  const usage = await measureEnded(bin, [...job, ...connection, ...options])
  process.stdout.write(
    `${options.join(' ')}: ${usage.peakMegabytes.toFixed(0)} MB, ${usage.wallSeconds.toFixed(1)} s\n`,
  )
  return usage
}

async function linesOf(name: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(out, name), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ ...JSON.parse(line) }))
}

/** The only file of the export: its journal line, its size, and its last eight bytes. */
async function onlyFile(): Promise<{
  readonly entry: Record<string, unknown>
  readonly bytes: number
  readonly end: Buffer
}> {
  const [entry = {}, ...others] = (await linesOf('manifest.ndjson')).filter((line) => 'path' in line)
  expect(others).toEqual([])
  const path = join(out, String(entry['path']))
  const { size: bytes } = await stat(path)
  await using file = await open(path)
  const { buffer: end } = await file.read(Buffer.alloc(8), 0, 8, bytes - 8)
  return { entry, bytes, end }
}

const sequenceDelimiter = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])

const frameSize = { rows: 1024, columns: 1024, bitsAllocated: 16 } as const

/** 3072 frames of 2 MiB. */
describe('an object of 6 GiB decoded', () => {
  const frames = 3072
  let imageSetId: string
  beforeAll(async () => {
    imageSetId = await add({ frames, ...frameSize })
  })

  test.each(['frames', 'instance'])('is exported as stored within memory, from %s', async (source) => {
    const stored = ['--transfer-syntax', 'stored', '--no-verify', '--source', source]
    const { exitCode, peakMegabytes } = await exportToFolder(imageSetId, ...stored)
    expect(exitCode).toBe(0)
    expect(peakMegabytes).toBeLessThan(mostMegabytes)
    const { entry, bytes, end } = await onlyFile()
    expect(entry).toMatchObject({ frames, bytes, source, checksum: 'skipped' })
    expect(end).toEqual(sequenceDelimiter)
  })

  test('is refused as explicit before anything is fetched, and what to do is said', async () => {
    const { exitCode, peakMegabytes } = await exportToFolder(imageSetId)
    expect(exitCode).toBe(1)
    expect(peakMegabytes).toBeLessThan(mostMegabytes)
    expect(await linesOf('errors.ndjson')).toMatchObject([
      { code: 'INSTANCE_TOO_LARGE', message: expect.stringContaining('transfer syntax `stored`'), retryable: false },
    ])
    expect(await linesOf('manifest.ndjson')).toEqual([])
    const summary: unknown = JSON.parse(await readFile(join(out, 'summary.json'), 'utf8'))
    expect(summary).toMatchObject({ bytesFetched: 0 })
  })
})

/** 512 frames of 2 MiB; every frame is decoded, which takes its time. */
test.each(['stored', 'explicit'])(
  'an object of 1 GiB decoded is verified within memory, as %s',
  async (transferSyntax) => {
    const frames = 512
    const imageSetId = await add({ frames, ...frameSize })
    const { exitCode, peakMegabytes } = await exportToFolder(imageSetId, '--transfer-syntax', transferSyntax)
    expect(exitCode).toBe(0)
    expect(peakMegabytes).toBeLessThan(mostMegabytes)
    const { entry, bytes } = await onlyFile()
    expect(entry).toMatchObject({ frames, bytes, checksum: 'verified' })
  },
)

test('a video of 2 GiB passes through', async () => {
  const videoByteLength = 2 ** 31 + 1
  const imageSetId = await add({ videoByteLength, frames: 1000 })
  const { exitCode, peakMegabytes } = await exportToFolder(imageSetId)
  expect(exitCode).toBe(0)
  expect(peakMegabytes).toBeLessThan(mostMegabytes)
  const { entry, bytes, end } = await onlyFile()
  expect(entry).toMatchObject({ bytes, checksum: 'verified', transferSyntaxUid: expect.stringMatching(/\.4\.102$/) })
  expect(bytes).toBeGreaterThan(videoByteLength)
  expect(end).toEqual(sequenceDelimiter)
  expect(await linesOf('warnings.ndjson')).toMatchObject([{ code: 'PIXELS_NOT_DECODED', instances: 1 }])
})
