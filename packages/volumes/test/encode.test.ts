import { bidsSidecar, encodeNifti, encodeNpz, niftiByteLength, npzByteLength } from '@ahi-dicom/volumes'
import { expect, test } from 'vitest'
import type { Attributes } from '../../renderer/test/picture-source-double.ts'
import { colourInstance, oblique, planned, volumes } from './encoded-volumes.ts'
import { seriesOf, stack } from './series.ts'

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const gathered: Uint8Array[] = []
  for await (const chunk of chunks) gathered.push(chunk.slice())
  return gathered
}

test('colours of 16 bits have no place in NIfTI', async () => {
  const chunks = encodeNifti(planned([colourInstance(16)]))
  await expect(chunks.next()).rejects.toMatchObject({ code: 'VOLUME_NOT_ENCODABLE' })
})

test.each(Object.entries(volumes))('the bytes of files of %s are known beforehand', async (_, volume) => {
  const [nifti, npz] = [await gather(encodeNifti(volume)), await gather(encodeNpz(volume))]
  expect(Buffer.concat(nifti)).toHaveLength(niftiByteLength(volume))
  expect(Buffer.concat(npz)).toHaveLength(npzByteLength(volume))
})

test('the same volume makes the same bytes', async () => {
  const [one, other] = [await gather(encodeNpz(volumes.oblique)), await gather(encodeNpz(volumes.oblique))]
  expect(Buffer.concat(one).equals(Buffer.concat(other))).toBe(true)
})

test('a damaged frame ends a file before it is whole', async () => {
  const [first, ...others] = seriesOf(oblique)
  if (first === undefined) throw new Error('expected an instance')
  const damaged = { ...first, frame: () => Promise.reject(new Error('damaged')) }
  for (const encode of [encodeNifti, encodeNpz]) {
    await expect(gather(encode(planned([damaged, ...others])))).rejects.toThrow('damaged')
  }
})

function brainImage(k: number): Attributes {
  return {
    Modality: 'MR',
    PatientName: 'Doe^Jane',
    PatientID: 'X1',
    StudyDate: '20260102',
    InstitutionName: 'Clinic',
    Manufacturer: 'Maker',
    ManufacturerModelName: 'Model',
    RepetitionTime: 2500,
    EchoTime: 4.6,
    FlipAngle: 8,
    SliceThickness: 2 + k,
    ScanOptions: ['PFP', 'SFS'],
    MagneticFieldStrength: 3,
    RescaleType: 'US',
  }
}

test('a sidecar has the names of BIDS, seconds, and nothing of a patient', () => {
  const positions = stack(2, [0, 0, 0], [0, 0, 2])
  const sidecar = bidsSidecar(planned(seriesOf({ positions, own: brainImage })))
  expect(sidecar).toEqual({
    Modality: 'MR',
    Manufacturer: 'Maker',
    ManufacturersModelName: 'Model',
    RepetitionTime: 2.5,
    EchoTime: 0.0046,
    FlipAngle: 8,
    ScanOptions: ['PFP', 'SFS'],
    MagneticFieldStrength: 3,
    RescaleSlope: 1,
    RescaleIntercept: -1024,
    SeriesInstanceUID: '1.2.3',
    ConversionSoftware: 'ahi-dicom',
  })
})
