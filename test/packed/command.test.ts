import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { installPacked, type Installation } from './install-packed.ts'

const megabyte = 1_000_000

let installation: Installation
let dist: string

beforeAll(async () => {
  installation = await installPacked(inject('tarballs'), { only: 'cli' })
  dist = join(installation.folder, 'node_modules', '@ahi-dicom', 'cli', 'dist')
})

afterAll(() => installation[Symbol.asyncDispose]())

describe('the packed command, installed in an empty folder', () => {
  test('is one package without an install script', () => {
    expect(installation.packages.map(({ path }) => path)).toEqual(['node_modules/@ahi-dicom/cli'])
    expect(installation.packages[0]?.hasInstallScript).toBeUndefined()
  })

  test('takes less than 13 MB', async () => {
    const files = await readdir(join(installation.folder, 'node_modules'), { recursive: true, withFileTypes: true })
    const sizes = files.filter((file) => file.isFile()).map(async (file) => stat(join(file.parentPath, file.name)))
    const bytes = (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0)
    expect(bytes).toBeLessThan(13 * megabyte)
  })

  test('prints its help', async () => {
    expect(await installation.run('npx', '--no-install', 'ahi-dicom', '--help')).toContain('export')
  })

  test('loads its codecs, which find their WebAssembly', async () => {
    const lazy = (await readdir(join(dist, 'lazy'))).filter((name) => name.endsWith('.cjs'))
    expect(lazy).toContain('codec-openjph.cjs')
    const code = `
      import { createRequire } from 'node:module'
      for (const name of ${JSON.stringify(lazy)}) {
        const loaded = createRequire(${JSON.stringify(`${dist}/lazy/`)})('./' + name)
        const codec = typeof loaded === 'function' ? await loaded() : loaded
        if (Object.keys(codec).length === 0) throw new Error(name)
      }`
    await installation.run(process.execPath, '--input-type=module', '-e', code)
  })

  test('has the licences of the code in its bundle', async () => {
    const licences = await readFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    expect(licences).toMatch(/^commander \d+\.\d+\.\d+ \(MIT\)$/m)
    expect(licences).toMatch(/^piscina \d+\.\d+\.\d+ \(MIT\)$/m)
    expect(licences).toMatch(/^bullmq \d+\.\d+\.\d+ \(MIT\)$/m)
    expect(licences).toMatch(/^ioredis \d+\.\d+\.\d+ \(MIT\)$/m)
    expect(licences).toMatch(/^@opentelemetry\/exporter-prometheus \d+\.\d+\.\d+ \(Apache-2\.0\)$/m)
    expect(licences).toMatch(/^iconv-lite \d+\.\d+\.\d+ \(MIT\)$/m)
    expect(licences).toMatch(/^@aws-sdk\/client-medical-imaging \d+\.\d+\.\d+ \(Apache-2\.0\)$/m)
    expect(licences).toMatch(/^@cornerstonejs\/codec-openjph \d+\.\d+\.\d+ \(MIT\)$/m)
    expect(licences).toMatch(/^OpenJPH \(BSD-2-Clause\)$/m)
    expect(licences).toMatch(/^OpenJPEG \(BSD-2-Clause\)$/m)
    expect(licences).toContain('based in part on the work of the Independent JPEG Group')
  })

  test('runs its demo', async () => {
    const out = join(installation.folder, 'demo')
    await installation.run('npx', '--no-install', 'ahi-dicom', 'demo', '--out', out)
    const files = await readdir(out, { recursive: true })
    expect(files.filter((name) => name.endsWith('.dcm')).length).toBeGreaterThan(2)
    expect(files).toContain('manifest.ndjson')
  })
})
