import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { recordNames } from '@ahi-dicom/export-files'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination, textOf } from './memory-destination.ts'
import { openExport } from './open-export.ts'

/** Checks the checksums of a record in Python, as docs/record.md describes them, and prints the results. */
const reader = `
import hashlib, json, sys, zlib
record = json.load(sys.stdin)
for line in record['manifest.ndjson'].splitlines():
    text, checksum = line[:-len(',"crc32":"00000000"}')] + '}', json.loads(line)['crc32']
    print(format(zlib.crc32(text.encode()), '08x') == checksum)
for name in ('export.json', 'summary.json'):
    members = json.loads(record[name])
    digest = members.pop('sha256')
    text = json.dumps(members, ensure_ascii=False, separators=(',', ':'))
    print(hashlib.sha256(text.encode()).hexdigest() == digest)
for name, noted in members['record']['digests'].items():
    print(hashlib.sha256(record[name].encode()).hexdigest() == noted['sha256'])
`

test.skipIf(!hasPython())('Python computes the same checksums of a record', async () => {
  const destination = memoryDestination()
  const instance = instanceDouble({ sopInstanceUid: '1.1', attributes: { PatientID: 'Ång\u2028ström "x"' } })
  const running = await openExport(destination, {
    layout: '{PatientID}/{SOPInstanceUID}',
    selection: 'all',
    description: {
      product: { name: 'test', version: '1' },
      datastoreId: instance.datastoreId,
      selection: { selectors: ['ü/1'], filters: [], nonPrimary: 'only' },
      files: { formats: [{ name: 'dcm' }], transferSyntax: 'stored', source: 'frames', headerOnly: false, layout: 'é' },
    },
  })
  await running.export(instance)
  await running.record.finishImageSet({ ...instance, versionId: '1', instances: 1 })
  await running.flush()
  await running.record.finish({ isComplete: true })
  await running.record.close({ outcome: 'complete' })
  const names = Object.values(recordNames)
  const texts = await Promise.all(names.map(async (name) => [name, await textOf(destination.record, name)]))
  const { stdout, stderr } = spawnSync('python3', ['-c', reader], {
    input: JSON.stringify(Object.fromEntries(texts)),
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(stdout.trim().split('\n')).toEqual(Array.from({ length: 7 }, () => 'True'))
})

function hasPython(): boolean {
  if (spawnSync('python3', ['--version']).error === undefined) return true
  if (process.env['CI'] !== undefined) throw new Error('Cannot run this test without python3')
  console.warn('skipped: python3 is not here')
  return false
}
