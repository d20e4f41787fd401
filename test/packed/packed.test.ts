import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packages } from '../manifests.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
// Only Node itself on the path: a package must not lean on what the repository has installed.
const environment = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  NODE_OPTIONS: '',
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-packed-'))
  const workspaces = packages.flatMap(({ folder: name }) => ['-w', `packages/${name}`])
  await run('npm', ['pack', '--silent', '--pack-destination', folder, ...workspaces], { cwd: root, env: environment })
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith('.tgz')).map((name) => `./${name}`)
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs], { cwd: folder, env: environment })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('packed tarballs installed in an empty folder', () => {
  test.each(packages)('$manifest.name can be imported', async ({ manifest }) => {
    const code = `console.log(Object.keys(await import('${manifest.name}')).length)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      cwd: folder,
      env: environment,
    })
    expect(Number(stdout)).toBeGreaterThan(0)
  })

  test('the command prints its help', async () => {
    const { stdout } = await run('npx', ['--no-install', 'ahi-dicom', '--help'], { cwd: folder, env: environment })
    expect(stdout).toContain('export')
  })

  test('the command brings the licences of the code in its bundle', async () => {
    const dist = join(folder, 'node_modules', '@ahi-dicom', 'cli', 'dist')
    const licences = await readFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    expect(licences).toMatch(/^commander \d+\.\d+\.\d+ \(MIT\)$/m)
    expect(licences).toMatch(/^@aws-sdk\/client-medical-imaging \d+\.\d+\.\d+ \(Apache-2\.0\)$/m)
  })

  test('the command runs its demo', async () => {
    const out = join(folder, 'demo')
    await run('npx', ['--no-install', 'ahi-dicom', 'demo', '--out', out], { cwd: folder, env: environment })
    const files = await readdir(out, { recursive: true })
    expect(files.filter((name) => name.endsWith('.dcm')).length).toBeGreaterThan(2)
    expect(files).toContain('manifest.ndjson')
  })
})
