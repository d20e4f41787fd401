import * as volumes from '@ahi-dicom/volumes'
import { expect, test } from 'vitest'

test('exports what the README names, and no more', () => {
  expect(Object.keys(volumes).sort()).toEqual([
    'VolumeError',
    'assembleVolume',
    'bidsSidecar',
    'encodeNifti',
    'encodeNpz',
    'niftiByteLength',
    'npzByteLength',
    'planVolumes',
    'readVolume',
    'voxelByteLength',
  ])
})
