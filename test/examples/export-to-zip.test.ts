import { createHash } from 'node:crypto'
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import type { OutputFile } from '@ahi-dicom/export-files'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zipDestination } from '../../examples/export-to-zip/zip-destination.ts'
import { mustSkip } from '../interop/tools.ts'
import { readZip } from './read-zip.ts'
import { environmentOf, start } from './start.ts'

describe.skipIf(mustSkip('export-to-zip', { commands: ['python3'] }))('export-to-zip', () => {
  let folder: string
  let emulator: Emulator

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-zip-'))
    emulator = await startEmulator()
    await emulator.importDicom([...generateStudy({ ctSlices: 20, ultrasoundFrames: 4 })].map(({ data }) => data))
  })

  afterAll(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('writes the files that an export to a folder writes, and a record of them', async () => {
    const zip = join(folder, 'study.zip')
    const out = join(folder, 'out')
    const env = environmentOf(emulator)
    expect(await start('export-to-zip', { args: [zip], env })).toContain('complete: 22 instances, 22 files')
    expect(await start('export-study', { args: [out], env })).toContain('complete: 22 instances')

    const { digests, manifest } = await readZip(zip)
    const { 'manifest.ndjson': _, 'summary.json': summary, 'export.json': description, ...files } = digests
    expect([summary, description]).not.toContain(undefined)
    expect(files).toEqual(await digestsOfDicomFiles(out))
    expect(Object.fromEntries(manifest.map(({ path, sha256 }) => [path, sha256]))).toEqual(files)
    await expect(access(`${zip}.part`)).rejects.toThrow('ENOENT')
  })

  test('lists no file that failed while it was written, nor one that was removed', async () => {
    const path = join(folder, 'failed.zip')
    const destination = zipDestination(path)
    await destination.open()
    const written = await Promise.allSettled([
      destination.write(file('whole', chunks(40))),
      destination.write(file('cut', chunks(40, { thrown: new Error('The frame is damaged') }))),
      destination.write(file('aborted', chunks(40)), { signal: AbortSignal.abort(new Error('Aborted')) }),
      destination.write(file('removed', chunks(2))),
      destination.write(file('replaced', chunks(7))),
    ])
    await destination.remove('removed')
    const replacement = await destination.write(file('replaced', chunks(3)))
    await destination.close()

    expect(written.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled'])
    expect(written[1]).toMatchObject({ reason: { message: 'The frame is damaged' } })
    expect(written[2]).toMatchObject({ reason: { message: 'Aborted' } })
    expect(written[0]).toMatchObject({ value: { path: 'whole', byteLength: 40 << 16 } })
    expect(replacement).toMatchObject({ path: 'replaced', byteLength: 3 << 16 })
    const { digests } = await readZip(path)
    expect(digests).toEqual({ whole: digestOf(chunks(40)), replaced: digestOf(chunks(3)) })
  })

  test('refuses a file that exists, and a folder that does not', async () => {
    const path = join(folder, 'existing.zip')
    await writeFile(path, 'a file')
    await expect(zipDestination(path).open()).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    expect(await readFile(path, 'utf8')).toBe('a file')
    const nowhere = zipDestination(join(folder, 'nowhere', 'study.zip'))
    await expect(nowhere.open()).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' })
  })
})

function file(path: string, content: Iterable<Uint8Array>): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks: content }
}

/** Yields chunks that differ, all in the same memory, and then throws. */
function* chunks(count: number, { thrown }: { readonly thrown?: Error } = {}): Generator<Uint8Array> {
  const memory = new Uint8Array(1 << 16)
  for (let index = 1; index <= count; index++) yield memory.fill(index)
  memory.fill(0)
  if (thrown !== undefined) throw thrown
}

function digestOf(content: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')
  for (const chunk of content) hash.update(chunk)
  return hash.digest('hex')
}

async function digestsOfDicomFiles(directory: string): Promise<Record<string, string>> {
  const paths = (await readdir(directory, { recursive: true })).filter((path) => path.endsWith('.dcm'))
  const digests = paths.map(async (path) => [path, digestOf([await readFile(join(directory, path))])] as const)
  return Object.fromEntries(await Promise.all(digests))
}
