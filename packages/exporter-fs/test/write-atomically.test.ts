import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeAtomically, writePart10 } from '@ahi-dicom/exporter-fs'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { filesBelow, mountTmpfs, temporaryDirectory, whyNoMount } from './temporary-directory.ts'

const megabyte = new Uint8Array(1 << 20).fill(7)
const noMount = whyNoMount()

async function* endless(onChunk: (count: number) => void): AsyncGenerator<Uint8Array> {
  for (let count = 1; ; count++) {
    await setImmediate()
    onChunk(count)
    yield megabyte
  }
}

describe('writeAtomically', () => {
  test('returns the size, and the same SHA-256 as sha256sum(1)', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'a/b/c.dcm')
    const digest = await writeAtomically(path, [Buffer.from('DICM'), megabyte, megabyte, Buffer.from('end')])
    expect(digest.byteLength).toBe(2 * megabyte.length + 7)
    expect(execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64)).toBe(digest.sha256)
    expect(filesBelow(directory.path)).toEqual(['a/b/c.dcm'])
  })

  test('writes the chunks in order, whatever their sizes are', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'file')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 99 }), { maxLength: 9 }), async (chunks) => {
        const { byteLength } = await writeAtomically(path, chunks)
        const whole = Buffer.concat(chunks)
        expect(byteLength).toBe(whole.length)
        expect(readFileSync(path)).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })

  test('replaces a file, and keeps it until the new one is whole', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'file')
    writeFileSync(path, 'old')
    async function* watching(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 3; count++) {
        yield megabyte
        expect(readFileSync(path, 'utf8')).toBe('old')
      }
    }
    await writeAtomically(path, watching())
    expect(readFileSync(path)).toHaveLength(3 * megabyte.length)
  })

  test('leaves nothing behind when the source fails', async () => {
    using directory = temporaryDirectory()
    const failure = new Error('frame 3 is corrupt')
    const source = endless((count) => {
      if (count === 3) throw failure
    })
    await expect(writeAtomically(join(directory.path, 'a/file'), source)).rejects.toBe(failure)
    expect(filesBelow(directory.path)).toEqual([])
  })

  test('stops in the middle of a file when the signal aborts, and leaves nothing behind', async () => {
    using directory = temporaryDirectory()
    const controller = new AbortController()
    const reason = new Error('enough')
    const source = endless((count) => {
      if (count === 3) controller.abort(reason)
    })
    const { signal } = controller
    await expect(writeAtomically(join(directory.path, 'file'), source, { signal })).rejects.toBe(reason)
    expect(filesBelow(directory.path)).toEqual([])
  })

  test('creates nothing before there is something to write', async () => {
    using directory = temporaryDirectory()
    const source = endless(() => {
      throw new Error('404')
    })
    await expect(writeAtomically(join(directory.path, 'a/file'), source)).rejects.toThrow('404')
    expect(() => mkdirSync(join(directory.path, 'a'))).not.toThrow()
  })

  test('reports a file in place of a folder', async () => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, 'file'), '')
    await expect(writeAtomically(join(directory.path, 'file/of/mine.dcm'), [megabyte])).rejects.toMatchObject({
      name: 'OutputError',
      code: 'OUTPUT_NOT_A_DIRECTORY',
      path: join(directory.path, 'file/of/mine.dcm'),
    })
  })
})

test('writePart10 passes its signal to the instance', async () => {
  using directory = temporaryDirectory()
  const { signal } = new AbortController()
  const seen: unknown[] = []
  const instance = instanceDouble()
  const source = {
    part10(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Uint8Array> {
      seen.push(options?.signal)
      return instance.part10(options)
    },
  }
  await writePart10(source, join(directory.path, 'a.dcm'), { signal })
  expect(seen).toEqual([signal])
  expect(readFileSync(join(directory.path, 'a.dcm'), 'utf8')).toBe('a file')
})

describe.skipIf(noMount !== undefined)(`a file system of 3 MB${noMount === undefined ? '' : ` (${noMount})`}`, () => {
  test('that is full keeps complete files only', async () => {
    using directory = temporaryDirectory()
    using _mounted = mountTmpfs(directory.path, '3m')
    await writeAtomically(join(directory.path, 'first'), [megabyte])
    const second = writeAtomically(
      join(directory.path, 'second'),
      endless(() => undefined),
    )
    await expect(second).rejects.toMatchObject({ code: 'OUTPUT_DISK_FULL', fatal: true })
    expect(filesBelow(directory.path)).toEqual(['first'])
    await writeAtomically(join(directory.path, 'third'), [megabyte])
  })

  test('that is read-only is reported as such', async () => {
    using directory = temporaryDirectory()
    using mounted = mountTmpfs(directory.path, '3m')
    mounted.makeReadOnly()
    const writing = writeAtomically(join(directory.path, 'a/b'), [megabyte])
    await expect(writing).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE', fatal: true })
  })
})
