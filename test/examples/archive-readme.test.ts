import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { expect, test } from 'vitest'
import { environmentOf } from './start.ts'

const archivePackage = fileURLToPath(new URL('../../packages/exporter-archive/', import.meta.url))

test('the code of the README of exporter-archive writes a ZIP and a tar.gz', async () => {
  const readme = await readFile(join(archivePackage, 'README.md'), 'utf8')
  const examples = [...readme.matchAll(/^```js\n(.*?)^```/gmsu)].map(([, code = '']) => code.replace('export ', ''))
  const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-archive-'))
  const emulator = await startEmulator()
  try {
    await emulator.importDicom([...generateStudy({ ctSlices: 2, ultrasoundFrames: 2 })].map(({ data }) => data))
    const [zip, tar] = [join(folder, 'study.zip'), join(folder, 'study.tar.gz')]
    const program = `
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
${examples.join('\n')}
await exportToZip(${JSON.stringify(emulator.datastoreId)}, ${JSON.stringify(zip)})
await using exporter = createExporter()
const response = createWriteStream(${JSON.stringify(tar)})
await sendTar(exporter, ${JSON.stringify(emulator.datastoreId)}, response)
await finished(response)`
    const run = ['--conditions=@ahi-dicom/source', '--input-type=module', '--eval', program]
    const env = { ...process.env, ...environmentOf(emulator) }
    const { stdout } = await promisify(execFile)(process.execPath, run, { cwd: archivePackage, env })
    expect(stdout).toMatch(/^complete: \d+ files in .*study\.zip$/m)
    expect((await readFile(zip)).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
    expect((await readFile(tar)).subarray(0, 2).toString('hex')).toBe('1f8b')
  } finally {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  }
})
