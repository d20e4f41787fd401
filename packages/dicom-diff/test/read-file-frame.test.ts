import { readFileFrame } from '@ahi-dicom/dicom-diff'
import { openPart10 } from '@ahi-dicom/dicom-standard/reader'
import { expect, test } from 'vitest'
import { encapsulatedImage, nativeImage } from './support/test-image.ts'
import { dicomSource } from './support/write-dicom.ts'

const size = { rows: 1, columns: 2 }

test('reads one frame of a file', async () => {
  const pixels = Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0)
  const opened = await openPart10(dicomSource(nativeImage(pixels, { ...size, frames: 2 })))
  expect(await readFileFrame(opened, { frame: 1 })).toEqual({
    values: Uint16Array.of(3, 4),
    width: 2,
    height: 1,
    components: 1,
    photometricInterpretation: 'MONOCHROME2',
  })
  expect(await readFileFrame(opened, { frame: 2 })).toBeUndefined()
})

test('returns undefined for a damaged frame or a file without pixels', async () => {
  const damaged = dicomSource(encapsulatedImage([new Uint8Array(0), Uint8Array.of(1, 2, 3, 4)], size), {
    transferSyntaxUid: '1.2.840.10008.1.2.4.201',
  })
  expect(await readFileFrame(await openPart10(damaged), { frame: 0 })).toBeUndefined()
  expect(await readFileFrame(await openPart10(dicomSource([])), { frame: 0 })).toBeUndefined()
})
