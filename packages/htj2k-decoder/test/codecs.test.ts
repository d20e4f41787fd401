import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createLibjpegTurbo } from '../src/codecs/libjpeg-turbo.ts'
import { createOpenJpeg } from '../src/codecs/openjpeg.ts'
import { fixture } from './fixtures.ts'

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url))

/** Decodes files in a separate process. Prints the codecs that were loaded, and piscina if it was loaded. */
function codecsFor(...names: readonly string[]): string {
  const program = `
    import { readFile } from 'node:fs/promises'
    import { createRequire } from 'node:module'
    import { createDecoderPool, decodeFrame } from '@ahi-dicom/htj2k-decoder'
    createDecoderPool()
    for (const name of process.argv.slice(1)) await decodeFrame(await readFile(${JSON.stringify(FIXTURES)} + name))
    const loaded = Object.keys(createRequire(import.meta.url).cache).map((path) => /codec-[a-z0-9-]+|node_modules.piscina/.exec(path)?.[0])
    console.log([...new Set(loaded.filter((name) => name !== undefined))].sort().join(' '))
  `
  const flags = ['--conditions=@ahi-dicom/source', '--input-type=module', '-e', program]
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, ...names], { encoding: 'utf8', cwd: FIXTURES })
  return stdout + stderr
}

test('neither codecs nor threads are loaded before they are needed', () => {
  expect(codecsFor()).toBe('\n')
})

test('a codec is loaded by the first frame that needs it, and prints nothing', () => {
  const [highThroughput, part1, jpeg] = ['rgb-8-bit-without-transform.j2c', 'part1-rgb-12-bit.jp2', 'jpeg-2x2.jpg']
  expect(codecsFor(highThroughput)).toBe('codec-openjph\n')
  expect(codecsFor(part1)).toBe('codec-openjpeg\n')
  expect(codecsFor(jpeg, part1, jpeg)).toBe('codec-libjpeg-turbo-8bit codec-openjpeg\n')
})

const PART_1 = { width: 13, height: 10, componentCount: 3, bitsPerSample: 8, isSigned: false }
const JPEG = { width: 29, height: 21, componentCount: 3, bitsPerSample: 8, isSigned: false }

test('OpenJPEG reports its first error message and then decodes the next frame', async () => {
  const codec = await createOpenJpeg()
  const whole = fixture('part1-rgb-8-bit-without-transform.j2k')
  const cut = { codeStream: whole.subarray(0, 60), image: PART_1, discardLevels: 0 }
  expect(() => codec.decode(cut, () => 'samples')).toThrow(/^Stream too short/)
  expect(codec.isSpent).toBe(false)
  expect(codec.decode({ codeStream: whole, image: PART_1, discardLevels: 0 }, ({ length }) => length)).toBe(390)
})

test('libjpeg-turbo is spent after a failure', async () => {
  const codec = await createLibjpegTurbo()
  const whole = fixture('jpeg-2x2.jpg')
  expect(codec.decode({ codeStream: whole, image: JPEG, discardLevels: 0 }, ({ length }) => length)).toBe(29 * 21 * 3)
  const cut = { codeStream: whole.subarray(0, -9), image: JPEG, discardLevels: 0 }
  expect(() => codec.decode(cut, () => 'samples')).toThrow('its coded samples are damaged')
  expect(codec.isSpent).toBe(true)
})

test.each([
  ['width', { width: 30 }],
  ['height', { height: 22 }],
  ['components', { componentCount: 1 }],
  ['bits', { bitsPerSample: 12 }],
  ['sign', { isSigned: true }],
])('samples of an image with another %s are refused', async (_name, other) => {
  const codec = await createLibjpegTurbo()
  const task = { codeStream: fixture('jpeg-2x2.jpg'), image: { ...JPEG, ...other }, discardLevels: 0 }
  expect(() => codec.decode(task, () => 'samples')).toThrow('it decoded 29 x 21 x 3 of 8 bits and not')
})
