/**
 * Makes volumes of DICOM instances: voxels with their geometry, as arrays and as streams of files.
 * @module
 */
export { assembleVolume, readVolume } from './assemble-volume.ts'
export type { AssembleVolumeOptions } from './assemble-volume.ts'
export { bidsSidecar } from './encode/bids-sidecar.ts'
export type { SidecarValue } from './encode/bids-sidecar.ts'
export { encodeNifti, niftiByteLength } from './encode/encode-nifti.ts'
export { encodeNpz, npzByteLength } from './encode/encode-npz.ts'
export { voxelByteLength } from './encode/sample-bytes.ts'
export { VolumeError } from './errors.ts'
export type { VolumeErrorCode, VolumeErrorSubject } from './errors.ts'
export type { GapHandling } from './geometry/slice-layout.ts'
export type { Matrix3, Matrix4, Row4, Vector } from './geometry/vector.ts'
export type { SampleType } from './model/sample-type.ts'
export type {
  EncodeVolumeOptions,
  FourthAxis,
  PlannedVolume,
  ReadVolumeOptions,
  Rescale,
  SegmentCode,
  Volume,
  VolumeDimensions,
  VolumeFrame,
  VolumeSegment,
  VolumeSlice,
  VolumeWarning,
} from './model/volume.ts'
export type { VolumeInstance } from './model/volume-instance.ts'
export type { PlanVolumesOptions } from './plan/plan-options.ts'
export { planVolumes } from './plan/plan-volumes.ts'
