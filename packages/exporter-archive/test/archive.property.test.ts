import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { archiveDestination, type ArchiveFormat } from '@ahi-dicom/exporter-archive'
import { fileOf, readByPython, temporaryFolder } from './support.ts'

/** Names as layouts create them: without separators and control characters, and never `..`. */
const name = fc
  .oneof(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.stringMatching(/^[0-9.]{90,130}$/),
    fc.stringMatching(/^[0-9.]{240,255}$/),
  )
  .map((text) => `x${text.normalize('NFC').replaceAll(/[\\/:\p{C}]/gu, '_')}.dcm`)
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const content = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 })
const files = fc.uniqueArray(fc.record({ path, content }), {
  minLength: 1,
  maxLength: 12,
  selector: (file) => file.path,
})
const options = fc.record({
  format: fc.constantFrom<ArchiveFormat>('zip', 'tar', 'tar.gz'),
  maxMemory: fc.constantFrom(0, 1000, 2 ** 20),
  reproducible: fc.boolean(),
})

test('an archive contains all files, whatever their names and sizes, and Python reads them', async () => {
  await fc.assert(
    fc.asyncProperty(files, options, async (given, { format, ...rest }) => {
      using folder = temporaryFolder()
      const archive = folder.at(`x.${format}`)
      const destination = archiveDestination({ path: archive, ...rest })
      await destination.open()
      await Promise.all(given.map((file) => destination.write(fileOf(file.path, file.content))))
      await destination.close()
      const expected = given.map((file) => [
        file.path,
        createHash('sha256').update(Buffer.concat(file.content)).digest('hex'),
      ])
      expect(readByPython(archive)).toEqual(Object.fromEntries(expected))
      if (format === 'tar.gz') return
      const listed: string[] = []
      for await (const file of archiveDestination({ path: archive }).list?.() ?? []) listed.push(file.path)
      expect(listed.toSorted()).toEqual(given.map((file) => file.path).toSorted())
    }),
    { numRuns: 20 },
  )
})
