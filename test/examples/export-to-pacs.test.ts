import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { orthancMissing, startOrthanc } from '../interop/orthanc.ts'
import { mustSkip } from '../interop/tools.ts'
import { start } from './start.ts'

let folder: string

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-pacs-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const sent = 'complete: 8 instances sent, 0 failed\n'

test.skipIf(mustSkip('export-to-pacs with storescp', { commands: ['storescp'] }))(
  'export-to-pacs sends a study to storescp, which it starts',
  async () => {
    expect(await start('export-to-pacs')).toContain(`${sent}storescp has 8 files\n`)
  },
)

test.skipIf(mustSkip('export-to-pacs with Orthanc', { excuse: orthancMissing() }))(
  'export-to-pacs sends a study to Orthanc',
  async () => {
    await using orthanc = await startOrthanc({ folder, aeTitle: 'ORTHANC' })
    const args = ['127.0.0.1', String(orthanc.dicomPort), 'ORTHANC']
    expect(await start('export-to-pacs', { args })).toContain(sent)
  },
)
