import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { expect, test } from 'vitest'
import { filesBelow, mountTmpfs, temporaryDirectory, whyNoMount } from './temporary-directory.ts'

const noMount = whyNoMount()

test.skipIf(noMount !== undefined)(
  'returns the free space of the file system, even for a folder that does not exist',
  async () => {
    using directory = temporaryDirectory()
    const mounted = join(directory.path, 'mounted')
    using _ = mountTmpfs(mounted, '1m')
    for (const target of [mounted, join(mounted, 'not/there/yet')]) {
      const free = await folderDestination({ directory: target }).free?.()
      expect(free).toMatchObject({ byteLength: 1 << 20, blockByteLength: 4096 })
      expect(free?.files).toBeGreaterThan(0)
    }
    expect(filesBelow(directory.path)).toEqual([])
  },
)

test('agrees with df', async () => {
  using directory = temporaryDirectory()
  const [, avail = ''] = execFileSync('df', ['-B1', '--output=avail', directory.path], { encoding: 'utf8' }).split('\n')
  const free = await folderDestination({ directory: directory.path }).free?.()
  // Other processes write at the same time.
  expect(Math.abs((free?.byteLength ?? 0) - Number(avail))).toBeLessThan(1e9)
})

test('the error names a file in place of the folder', async () => {
  using directory = temporaryDirectory()
  const file = join(directory.path, 'file')
  execFileSync('touch', [file])
  await expect(folderDestination({ directory: join(file, 'below') }).free?.()).rejects.toMatchObject({
    code: 'OUTPUT_NOT_A_DIRECTORY',
  })
})
