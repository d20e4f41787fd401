import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareAll, describeDifferences } from './comparison.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { COMPARATOR_MODULES, mustSkip } from './tools.ts'

const requirements = { pythonModules: COMPARATOR_MODULES, excuse: sharedFilesMissing() }

describe.skipIf(mustSkip('the comparator itself', requirements))('the comparator itself', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'comparator-'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('finds nothing between a file and itself', async () => {
    expect(await differences((file) => file)).toEqual([])
  })

  test('finds one flipped bit of the last sample', async () => {
    const found = await differences((file) => flip(file, file.length - 140))
    expect(found).toEqual([expect.stringContaining('pixels: expected as decoded by pydicom, int16, got int16: max')])
  })

  test('finds one changed character of a name', async () => {
    const found = await differences((file) => flip(file, file.indexOf('CompressedSamples')))
    expect(found).toEqual([expect.stringContaining('PatientName: expected')])
  })

  test('finds an attribute that is gone', async () => {
    const found = await differences((file) => {
      const at = file.indexOf(Buffer.from('10001000504e', 'hex'))
      return Buffer.concat([file.subarray(0, at), file.subarray(at + 8 + file.readUInt16LE(at + 6))])
    })
    expect(found).toEqual([expect.stringMatching(/PatientName: expected .* got absent/)])
  })

  /** Compares CT_small.dcm with a changed copy of itself. */
  async function differences(change: (file: Buffer) => Buffer): Promise<string[]> {
    const original = join(sharedDicom, 'pydicom/CT_small.dcm')
    const path = join(folder, 'changed.dcm')
    await writeFile(path, change(await readFile(original)))
    const output = { kind: 'explicit', path, transferSyntaxUid: '1.2.840.10008.1.2.1' } as const
    const { files } = await compareAll([{ name: 'CT_small', original, outputs: [output] }], folder)
    return describeDifferences(files)
  }
})

function flip(file: Buffer, at: number): Buffer {
  file[at] = (file[at] ?? 0) ^ 1
  return file
}
