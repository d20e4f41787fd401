import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writePng } from '@ahi-dicom/exporter-fs'
import { encodePng } from '@ahi-dicom/renderer'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const attributes = {
  Rows: 2,
  Columns: 3,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsStored: 16,
  PixelSpacing: ['0.5', '0.25'],
}
const frames = [new Uint16Array(6), Uint16Array.of(1, 2, 3, 4, 5, 6)]

describe('writePng', () => {
  test('writes the bytes of encodePng, and returns their size and SHA-256', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'frame.png')
    const instance = instanceDouble({ frames, attributes })
    const options = { frame: 1, window: { center: 3, width: 4 } }
    const digest = await writePng(instance, path, options)
    const bytes = readFileSync(path)
    expect(bytes.equals(await encodePng(instance, options))).toBe(true)
    expect(digest).toEqual({
      byteLength: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
  })

  test('leaves no file if the frame does not exist', async () => {
    using directory = temporaryDirectory()
    const written = writePng(instanceDouble({ frames, attributes }), join(directory.path, 'frame.png'), { frame: 2 })
    await expect(written).rejects.toMatchObject({ code: 'PICTURE_NO_SUCH_FRAME' })
    expect(readdirSync(directory.path)).toEqual([])
  })

  test('leaves no file when the signal aborts', async () => {
    using directory = temporaryDirectory()
    const options = { signal: AbortSignal.abort(new Error('stopped')) }
    const written = writePng(instanceDouble({ frames, attributes }), join(directory.path, 'frame.png'), options)
    await expect(written).rejects.toThrow('stopped')
    expect(readdirSync(directory.path)).toEqual([])
  })
})
