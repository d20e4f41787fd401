import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mustSkip } from '../interop/tools.ts'
import { orthancMissing, startOrthanc } from '../interop/orthanc.ts'
import { start } from './start.ts'

let folder: string

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-dicomweb-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const stored = 'complete: 8 instances stored, 0 failed\nthe server has 8 instances of the study\n'

test('export-to-dicomweb stores a study at a server that it starts', async () => {
  expect(await start('export-to-dicomweb')).toContain(stored)
})

test.skipIf(mustSkip('export-to-dicomweb with Orthanc', { excuse: orthancMissing() }))(
  'export-to-dicomweb stores a study at Orthanc',
  async () => {
    await using orthanc = await startOrthanc({ folder })
    expect(await start('export-to-dicomweb', { args: [orthanc.dicomWebUrl] })).toContain(stored)
  },
)
