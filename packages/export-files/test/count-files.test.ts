import { memoryRecord, recordNames, type FailedInstances } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { countFiles, type CountFilesOptions } from '../src/merge/count-files.ts'
import { checkedLine } from '../src/record/checked-line.ts'
import type { InstanceFileEntry, ManifestEntry, SeriesFileEntry } from '../src/record/entries.ts'
import { entryOf, instanceDouble } from './instance-double.ts'

function entry(sopInstanceUid: string, fields: Partial<InstanceFileEntry>): InstanceFileEntry {
  const instance = instanceDouble({ sopInstanceUid })
  const format = fields.format ?? 'dcm'
  const file = { path: `${sopInstanceUid}.${format}`, format, byteLength: 6, sha256: 'f'.repeat(64) }
  return { ...entryOf(instance, file), ...fields }
}

/** A file of a series of three instances. */
function seriesEntry(suffix: string, fields: Partial<SeriesFileEntry> = {}): SeriesFileEntry {
  const { sopInstanceUid: _, sopClassUid: __, transferSyntaxUid: ___, frame: ____, ...file } = entry('0', {})
  const ofSeries = { scope: 'series', suffix, files: 2, instances: 3, instancesSha256: 'f'.repeat(64) } as const
  return { ...file, ...ofSeries, format: 'nii', path: `series${suffix}`, frames: 2, ...fields }
}

async function count(lines: readonly (ManifestEntry | object)[], options: CountFilesOptions = {}) {
  const record = memoryRecord()
  await record.write(recordNames.manifest, Buffer.from(lines.map((line) => `${checkedLine(line)}\n`).join('')))
  return await countFiles(record, options)
}

const finished = { datastoreId: 'd', imageSetId: seriesEntry('').imageSetId, versionId: '1', files: 2, finished: true }

function failing({ sopInstanceUids }: { readonly sopInstanceUids: readonly string[] }): FailedInstances {
  return {
    has: ({ sopInstanceUid }) => sopInstanceUids.includes(sopInstanceUid),
    countOf: () => sopInstanceUids.length,
  }
}

test('frames of files without pixels are not counted', async () => {
  const lines = [
    entry('1', { frames: 3, checksum: 'verified' }),
    entry('2', { frames: 5, checksum: 'none', source: 'none' }),
    entry('3', { frames: 2, format: 'png', frame: 0, checksum: 'none' }),
  ]
  expect(await count(lines)).toMatchObject({ instances: 3, files: 3, frames: 5 })
})

test('the frames of several files of a series add up, but those of other formats are the same frames', async () => {
  const volumes = [seriesEntry('_1.nii'), seriesEntry('_2.nii', { frames: 1 })]
  const expected = { instances: 3, frames: 3, unverifiedInstances: 0 }
  expect(await count(volumes)).toMatchObject({ ...expected, files: 2 })
  const others = [seriesEntry('_1.npz', { format: 'npz' }), seriesEntry('_sheet.png', { format: 'contact-sheet' })]
  expect(await count([...volumes, ...others])).toMatchObject({ ...expected, files: 4 })
  const own = ['1', '2', '3'].map((uid) => entry(uid, { frames: 1, checksum: 'unverified' }))
  expect(await count([...volumes, ...own])).toMatchObject({ instances: 3, frames: 3, unverifiedInstances: 3 })
})

test('an instance without files counts if its series has files, or its image set is finished', async () => {
  const gif = entry('1', { format: 'gif', frames: 5 })
  expect(await count([gif, seriesEntry('.gif', { format: 'gif', frames: 7 })])).toMatchObject({
    instances: 3,
    frames: 7,
  })
  expect(await count([gif, { ...finished, instances: 4, selection: 'all' }])).toMatchObject({ instances: 4, frames: 5 })
  expect(await count([gif, { ...finished, instances: 4 }])).toMatchObject({ instances: 1 })
})

test('a failed instance does not count, and a failed series counts none of its instances', async () => {
  const lines = [...['1', '2', '3'].map((uid) => entry(uid, { frames: 1 })), seriesEntry('.nii', { frames: 3 })]
  expect(await count(lines, { failed: failing({ sopInstanceUids: ['2'] }) })).toMatchObject({ instances: 2, frames: 2 })
  expect(await count(lines, { failed: failing({ sopInstanceUids: ['1', '2', '3'] }) })).toMatchObject({
    instances: 0,
    frames: 0,
    files: 4,
  })
})
