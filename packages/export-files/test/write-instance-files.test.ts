import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { createFormats, OutputError, pngFormat, writeInstanceFiles } from '@ahi-dicom/export-files'
import type { Format } from '@ahi-dicom/export-files'
import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { attributesOf } from '../../renderer/test/picture-source-double.ts'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination } from './memory-destination.ts'

const greyFrame = { Rows: 2, Columns: 2, BitsStored: 8, PhotometricInterpretation: 'MONOCHROME2' }
const both = createFormats(['png', 'dcm'])
const pictures = createFormats(['png'])
const stem = '1.2.3.4.5'

function onFailure(error: unknown): never {
  return expect.unreachable(String(error))
}

function framesOf(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(4))
}

describe('writeInstanceFiles', () => {
  test('returns size and SHA-256 of the DICOM file', async () => {
    const destination = memoryDestination()
    const [file, ...others] = await writeInstanceFiles(
      { instance: instanceDouble(), stem: 'a/b' },
      createFormats(['dcm']),
      destination,
    )
    // printf 'a file' | sha256sum
    const sha256 = '7365d029861e32c521f8089b00a6fb32daf0615025b69b599d1ce53501b845c2'
    expect(file).toEqual({ path: 'a/b.dcm', format: 'dcm', byteLength: 6, sha256 })
    expect(others).toEqual([])
  })

  test('writes the DICOM file, then a PNG of every frame, numbered from 1 if there are several', async () => {
    const destination = memoryDestination()
    const several = instanceDouble({ frames: framesOf(6), attributes: greyFrame })
    expect(await writeInstanceFiles({ instance: several, stem }, both, destination)).toMatchObject([
      { path: '1.2.3.4.5.dcm', format: 'dcm' },
      ...[1, 2, 3, 4, 5, 6].map((number) => ({ path: `1.2.3.4.5-000${number}.png`, format: 'png', frame: number - 1 })),
    ])
    const one = instanceDouble({ frames: framesOf(1), attributes: greyFrame })
    expect(await writeInstanceFiles({ instance: one, stem: '1.2' }, both, destination)).toMatchObject([
      { path: '1.2.dcm' },
      { path: '1.2.png', frame: 0 },
    ])
    const none = instanceDouble()
    expect(await writeInstanceFiles({ instance: none, stem: '1.3' }, both, destination)).toMatchObject([
      { path: '1.3.dcm' },
    ])
  })

  test('writes PNGs of the selected frames', async () => {
    const destination = memoryDestination()
    const formats = [pngFormat({ frames: [{ from: 3, to: 4 }, 0, 4] })]
    const instance = instanceDouble({ frames: framesOf(6), attributes: greyFrame })
    const written = await writeInstanceFiles({ instance, stem }, formats, destination)
    expect(written.map(({ path }) => path)).toEqual(['1.2.3.4.5-0001.png', '1.2.3.4.5-0004.png', '1.2.3.4.5-0005.png'])
    const few = instanceDouble({ sopInstanceUid: '1.2', frames: framesOf(4), attributes: greyFrame })
    await expect(writeInstanceFiles({ instance: few, stem: '1.2' }, formats, destination)).rejects.toMatchObject({
      code: 'PICTURE_NO_SUCH_FRAME',
      frame: 4,
      sopInstanceUid: '1.2',
    })
    const none = { instance: instanceDouble(), stem: '1.3' }
    expect(await writeInstanceFiles(none, formats, destination)).toEqual([])
  })

  test('writes PNGs of the frames that pictureCount counts after reading', async () => {
    const destination = memoryDestination()
    const double = instanceDouble({
      frameCount: 0,
      pictureCount: 2,
      frames: [Float32Array.of(1, 2, 3, 4), Float32Array.of(4, 3, 2, 1)],
      attributes: { ...greyFrame, Rows: 1 },
    })
    let reads = 0
    const instance = {
      ...double,
      get attributes() {
        return reads === 0 ? double.attributes : attributesOf({ ...greyFrame, BitsStored: 32 })
      },
      frame: (index: number) => ((reads += 1), double.frame(index)),
    }
    const written = await writeInstanceFiles({ instance, stem }, pictures, destination)
    expect(written.map(({ path }) => path)).toEqual(['1.2.3.4.5-0001.png', '1.2.3.4.5-0002.png'])
    const first = PNG.sync.read(Buffer.from(destination.files.get('1.2.3.4.5-0001.png') ?? []))
    expect(first).toMatchObject({ width: 2, height: 2 })
    expect([0, 4, 8, 12].map((at) => first.data[at])).toEqual([0, 85, 170, 255])
  })

  test('writes no picture of an instance that turns out to have none', async () => {
    const destination = memoryDestination()
    let wasRead = false
    const instance = {
      ...instanceDouble({ frameCount: 1 }),
      get pictureCount() {
        return wasRead ? 0 : 1
      },
      frame: () => ((wasRead = true), Promise.reject(new Error('its file has no frame 1'))),
    }
    expect(await writeInstanceFiles({ instance, stem }, pictures, destination)).toEqual([])
  })

  test('removes all files of an instance that fails', async () => {
    const destination = memoryDestination()
    const frames = [...framesOf(2), new Uint8Array(1)]
    const instance = instanceDouble({ frames, attributes: greyFrame })
    await expect(writeInstanceFiles({ instance, stem }, both, destination)).rejects.toMatchObject({
      code: 'RENDER_PIXEL_COUNT_MISMATCH',
    })
    expect([...destination.files.keys()]).toEqual([])
  })

  test('keeps the DICOM file of an instance whose pictures fail, with onFailure', async () => {
    const destination = memoryDestination()
    const frames = [...framesOf(2), new Uint8Array(1)]
    const failures: unknown[] = []
    const onFailure = (error: unknown): unknown => failures.push(error)
    const instance = instanceDouble({ frames, attributes: greyFrame })
    const written = await writeInstanceFiles({ instance, stem }, both, destination, { onFailure })
    expect(written).toMatchObject([{ path: '1.2.3.4.5.dcm', format: 'dcm' }])
    expect(failures).toMatchObject([{ code: 'RENDER_PIXEL_COUNT_MISMATCH' }])
    expect([...destination.files.keys()]).toEqual(['1.2.3.4.5.dcm'])
  })

  test('fails an instance without a DICOM file, and an aborted one, even with onFailure', async () => {
    const destination = memoryDestination()
    const instance = instanceDouble({ frames: [new Uint8Array(1)], attributes: greyFrame })
    await expect(writeInstanceFiles({ instance, stem }, pictures, destination, { onFailure })).rejects.toMatchObject({
      code: 'RENDER_PIXEL_COUNT_MISMATCH',
    })
    const controller = new AbortController()
    const { signal } = controller
    const aborted = {
      ...instance,
      async frame() {
        controller.abort(new Error('enough'))
        return new Uint8Array(4)
      },
    }
    await expect(
      writeInstanceFiles({ instance: aborted, stem }, both, destination, { onFailure, signal }),
    ).rejects.toThrow('enough')
    expect([...destination.files.keys()]).toEqual([])
  })

  test('fails an instance whose pictures the destination refuses, even with onFailure', async () => {
    const refusal = new OutputError('OUTPUT_DISK_FULL', 'full', { path: stem })
    const destination = memoryDestination()
    const writer = {
      ...destination,
      write: (...args: Parameters<typeof destination.write>) =>
        args[0].format === 'png' ? Promise.reject(refusal) : destination.write(...args),
    }
    const instance = instanceDouble({ frames: framesOf(1), attributes: greyFrame })
    await expect(writeInstanceFiles({ instance, stem }, both, writer, { onFailure })).rejects.toBe(refusal)
    expect([...destination.files.keys()]).toEqual([])
  })

  test('holds one frame at a time', async () => {
    const destination = memoryDestination()
    const double = instanceDouble({ frames: framesOf(9), attributes: greyFrame })
    let reads = 0
    let mostHeld = 0
    const instance = {
      ...double,
      async frame(index: number) {
        mostHeld = Math.max(mostHeld, ++reads - destination.files.size)
        return double.frame(index)
      },
    }
    expect(await writeInstanceFiles({ instance, stem }, pictures, destination)).toHaveLength(9)
    expect(mostHeld).toBe(1)
  })

  test('passes its options to part10, and its signal to frames', async () => {
    const { signal } = new AbortController()
    const seen: unknown[] = []
    const double = instanceDouble({ frames: framesOf(1), attributes: greyFrame })
    const instance = {
      ...double,
      part10: (options?: unknown) => (seen.push(options), double.part10()),
      frame: (index: number, options?: { readonly signal?: AbortSignal | undefined }) => (
        seen.push(options?.signal),
        double.frame(index)
      ),
    }
    await writeInstanceFiles({ instance, stem }, both, memoryDestination(), { signal })
    expect(seen).toEqual([{ signal }, signal])
  })

  test('passes on the notices of formats', async () => {
    const notices: InstanceNotice[] = []
    const instance = instanceDouble({ frames: framesOf(2), attributes: { ...greyFrame, RescaleSlope: '0,5' } })
    const onNotice = (notice: InstanceNotice): void => void notices.push(notice)
    await writeInstanceFiles({ instance, stem }, both, memoryDestination(), { onNotice })
    const message = 'RescaleSlope has a decimal comma, read as a point'
    expect(notices).toEqual([{ code: 'PICTURE_ATTRIBUTE_INVALID', tag: '00281053', message, isLoss: false }])
  })

  test('writes a format of the caller', async () => {
    const uids: Format = {
      name: 'txt',
      mediaType: 'text/plain',
      readsPixels: false,
      *files({ instance }) {
        yield { chunks: [Buffer.from(instance.sopInstanceUid)] }
      },
    }
    const destination = memoryDestination()
    const written = await writeInstanceFiles({ instance: instanceDouble(), stem }, [uids, ...both], destination)
    expect(written.map(({ path }) => path)).toEqual(['1.2.3.4.5.dcm', '1.2.3.4.5.txt'])
    expect(Buffer.from(destination.files.get('1.2.3.4.5.txt') ?? []).toString()).toBe('1.2.3.4.5')
  })
})

test('refuses frames that are not valid', () => {
  for (const frame of [-1, 0.5, Number.NaN, { from: 3, to: 2 }, { from: 0, to: Infinity }]) {
    expect(() => pngFormat({ frames: [frame] })).toThrow(TypeError)
  }
})
