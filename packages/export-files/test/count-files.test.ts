import { memoryRecord, recordNames } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { countFiles } from '../src/merge/count-files.ts'
import { checkedLine } from '../src/record/checked-line.ts'
import type { InstanceFileEntry } from '../src/record/entries.ts'
import { entryOf, instanceDouble } from './instance-double.ts'

function entry(sopInstanceUid: string, fields: Partial<InstanceFileEntry>): InstanceFileEntry {
  const instance = instanceDouble({ sopInstanceUid })
  const format = fields.format ?? 'dcm'
  const file = { path: `${sopInstanceUid}.${format}`, format, byteLength: 6, sha256: 'f'.repeat(64) }
  return { ...entryOf(instance, file), ...fields }
}

test('frames of files without pixels are not counted', async () => {
  const record = memoryRecord()
  const lines = [
    entry('1', { frames: 3, checksum: 'verified' }),
    entry('2', { frames: 5, checksum: 'none', source: 'none' }),
    entry('3', { frames: 2, format: 'png', frame: 0, checksum: 'none' }),
  ]
  await record.write(recordNames.manifest, Buffer.from(lines.map((line) => `${checkedLine(line)}\n`).join('')))
  expect(await countFiles(record, {})).toMatchObject({ instances: 3, files: 3, frames: 5 })
})
