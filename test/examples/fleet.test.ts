import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { mustSkip } from '../interop/tools.ts'
import { examplesFolder, start } from './start.ts'

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-fleet-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test.skipIf(mustSkip('fleet', { commands: ['redis-server'] }))(
  'fleet exports ten studies with three workers, and verifies them',
  async () => {
    const printed = await start('fleet', { args: [join(await makeFolder(), 'out')] })
    expect(printed).toMatch(/^run [0-9a-f]{16}: 30 jobs$/m)
    expect(printed.match(/^worker .+: \d+ jobs, \d+ instances$/gm)).toHaveLength(3)
    expect(printed).toContain('complete: 40 instances, 40 files')
    expect(printed).toContain('40 of 40 files verified')
  },
)

test('fleet says that it needs a server', async () => {
  const options = { cwd: join(examplesFolder, 'fleet'), env: { PATH: '/nowhere' } }
  const { stdout } = await promisify(execFile)(process.execPath, ['main.ts', await makeFolder()], options)
  expect(stdout).toContain('Skipped: there is no redis-server or valkey-server')
})
