import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the first example of the README writes a PNG', async () => {
  const packageFolder = fileURLToPath(new URL('..', import.meta.url))
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8')
  const [, code = ''] = /^```js\n(.*?)^```/msu.exec(readme) ?? []
  const work = await mkdtemp(join(tmpdir(), 'renderer-readme-'))
  try {
    const printed = execFileSync(
      process.execPath,
      [
        '--conditions=@ahi-dicom/source',
        '--input-type=module',
        '--eval',
        `process.chdir(${JSON.stringify(work)})\n${code}`,
      ],
      { cwd: packageFolder, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0' } },
    )
    expect(printed).toBe('512 512 1 8\n')
    expect(await readdir(work)).toEqual(['ramp.png'])
  } finally {
    await rm(work, { recursive: true, force: true })
  }
})
