import { VolumeError } from '../errors.ts'
import { cross, dot, type Vector } from '../geometry/vector.ts'
import { bytesPerSample, type SampleType } from '../model/sample-type.ts'
import type { PlannedVolume } from '../model/volume.ts'

/** Codes of `datatype` (nifti1.h). */
const datatypes: Readonly<Record<SampleType, number>> = {
  uint8: 2,
  int16: 4,
  int32: 8,
  float32: 16,
  float64: 64,
  int8: 256,
  uint16: 512,
  uint32: 768,
}

const rgb24 = 128

/** Codes of `xyzt_units`. */
const units = { millimetres: 2, seconds: 8, milliseconds: 16 } as const

/** `qform_code` and `sform_code`: the coordinates of the scanner. */
const scannerCoordinates = 1

/** `intent_code` of voxels that are labels. */
const labelIntent = 1002

/** The largest number of voxels in one direction that NIfTI-1 has room for. */
const largestDimension = 32_767

/** The fields of both versions of the header. */
interface NiftiFields {
  readonly dim: readonly number[]
  readonly pixdim: readonly number[]
  readonly datatype: number
  readonly bitpix: number
  readonly intent: number
  readonly slope: number
  readonly intercept: number
  readonly xyztUnits: number
  /** 0 for sheared axes, which no quaternion holds. */
  readonly qformCode: number
  readonly quaternion: Vector
  readonly affine: PlannedVolume['affine']['ras']
}

/**
 * Returns the header of a NIfTI-1 file, or of NIfTI-2 if a direction has more than 32 767 voxels. Its last four bytes
 * say that no extension follows.
 *
 * @throws {VolumeError} `VOLUME_NOT_ENCODABLE` for colours of more than 8 bits
 */
export function niftiHeader(volume: PlannedVolume): Uint8Array {
  const fields = niftiFields(volume)
  return fields.dim.some((count) => count > largestDimension) ? nifti2Header(fields) : nifti1Header(fields)
}

function niftiFields(volume: PlannedVolume): NiftiFields {
  const { dimensions, spacing, dtype, rescale, affine, fourthAxis, isSheared, kind } = volume
  const { columns, rows, slices, fourth, components } = dimensions
  if (components === 3 && dtype !== 'uint8') throw notEncodable(volume)
  const { sign, quaternion } = rotation(affine.ras, spacing)
  const isTime = fourthAxis?.kind === 'time' || fourthAxis?.kind === 'cardiac phase'
  return {
    dim: [fourthAxis === undefined ? 3 : 4, columns, rows, slices, fourth, 1, 1, 1],
    pixdim: [sign, ...spacing, isTime ? stepOf(fourthAxis.values) : 1, 0, 0, 0],
    datatype: components === 3 ? rgb24 : datatypes[dtype],
    bitpix: components === 3 ? 24 : 8 * bytesPerSample(dtype),
    intent: kind === 'labels' ? labelIntent : 0,
    slope: rescale.slope,
    intercept: rescale.intercept,
    xyztUnits: units.millimetres | (isTime ? timeUnit(fourthAxis) : 0),
    qformCode: isSheared ? 0 : scannerCoordinates,
    quaternion,
    affine: affine.ras,
  }
}

function timeUnit(axis: PlannedVolume['fourthAxis']): number {
  if (axis?.unit === 's') return units.seconds
  return axis?.unit === 'ms' ? units.milliseconds : 0
}

/** Returns the difference of the first two values, or 0 if there are fewer. */
function stepOf([first = 0, second = first]: readonly number[] = []): number {
  return Math.abs(second - first)
}

function notEncodable({ seriesInstanceUid, dtype, instances }: PlannedVolume): VolumeError {
  const message = `Cannot encode the volume of series ${seriesInstanceUid} as NIfTI: colours of ${dtype} have no place in it; use \`encodeNpz\``
  const sopInstanceUids = instances.map(({ sopInstanceUid }) => sopInstanceUid)
  return new VolumeError('VOLUME_NOT_ENCODABLE', message, { seriesInstanceUid, sopInstanceUids })
}

/**
 * Returns the rotation of an affine as NIfTI has it: a unit quaternion (b, c, d; a is not negative), and whether the third axis
 * is reversed first (`qfac`).
 */
function rotation(
  affine: NiftiFields['affine'],
  spacing: Vector,
): { readonly sign: 1 | -1; readonly quaternion: Vector } {
  const column = (index: 0 | 1 | 2): Vector => {
    const size = spacing[index]
    return [affine[0][index] / size, affine[1][index] / size, affine[2][index] / size]
  }
  const [i, j] = [column(0), column(1)]
  const normal = cross(i, j)
  return { sign: dot(normal, column(2)) < 0 ? -1 : 1, quaternion: quaternionOf(i, j, normal) }
}

/** The quaternion of a proper rotation, whose columns are given (nifti1_io, `nifti_mat44_to_quatern`). */
function quaternionOf(x: Vector, y: Vector, z: Vector): Vector {
  const trace = x[0] + y[1] + z[2]
  if (trace > 0) {
    const a = 0.5 * Math.sqrt(1 + trace)
    return [(y[2] - z[1]) / (4 * a), (z[0] - x[2]) / (4 * a), (x[1] - y[0]) / (4 * a)]
  }
  const b2 = 1 + x[0] - y[1] - z[2]
  const c2 = 1 + y[1] - x[0] - z[2]
  const d2 = 1 + z[2] - x[0] - y[1]
  if (b2 >= c2 && b2 >= d2) {
    const b = 0.5 * Math.sqrt(b2)
    return withPositiveReal((y[2] - z[1]) / (4 * b), [b, (y[0] + x[1]) / (4 * b), (z[0] + x[2]) / (4 * b)])
  }
  if (c2 >= d2) {
    const c = 0.5 * Math.sqrt(c2)
    return withPositiveReal((z[0] - x[2]) / (4 * c), [(y[0] + x[1]) / (4 * c), c, (z[1] + y[2]) / (4 * c)])
  }
  const d = 0.5 * Math.sqrt(d2)
  return withPositiveReal((x[1] - y[0]) / (4 * d), [(z[0] + x[2]) / (4 * d), (z[1] + y[2]) / (4 * d), d])
}

/** A quaternion and its negative are the same rotation; NIfTI leaves out a real part that is not negative. */
function withPositiveReal(a: number, [b, c, d]: Vector): Vector {
  return a < 0 ? [-b, -c, -d] : [b, c, d]
}

function nifti1Header(fields: NiftiFields): Uint8Array {
  const bytes = new Uint8Array(352)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, 348, true)
  for (const [index, count] of fields.dim.entries()) view.setInt16(40 + 2 * index, count, true)
  view.setInt16(68, fields.intent, true)
  view.setInt16(70, fields.datatype, true)
  view.setInt16(72, fields.bitpix, true)
  for (const [index, size] of fields.pixdim.entries()) view.setFloat32(76 + 4 * index, size, true)
  view.setFloat32(108, 352, true)
  view.setFloat32(112, fields.slope, true)
  view.setFloat32(116, fields.intercept, true)
  bytes[123] = fields.xyztUnits
  view.setInt16(252, fields.qformCode, true)
  view.setInt16(254, scannerCoordinates, true)
  const numbers = [...fields.quaternion, ...originOf(fields), ...fields.affine.slice(0, 3).flat()]
  for (const [index, number] of numbers.entries()) view.setFloat32(256 + 4 * index, number, true)
  bytes.set([0x6e, 0x2b, 0x31], 344)
  return bytes
}

function nifti2Header(fields: NiftiFields): Uint8Array {
  const bytes = new Uint8Array(544)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, 540, true)
  bytes.set([0x6e, 0x2b, 0x32, 0, 0x0d, 0x0a, 0x1a, 0x0a], 4)
  view.setInt16(12, fields.datatype, true)
  view.setInt16(14, fields.bitpix, true)
  for (const [index, count] of fields.dim.entries()) view.setBigInt64(16 + 8 * index, BigInt(count), true)
  for (const [index, size] of fields.pixdim.entries()) view.setFloat64(104 + 8 * index, size, true)
  view.setBigInt64(168, 544n, true)
  view.setFloat64(176, fields.slope, true)
  view.setFloat64(184, fields.intercept, true)
  view.setInt32(344, fields.qformCode, true)
  view.setInt32(348, scannerCoordinates, true)
  const numbers = [...fields.quaternion, ...originOf(fields), ...fields.affine.slice(0, 3).flat()]
  for (const [index, number] of numbers.entries()) view.setFloat64(352 + 8 * index, number, true)
  view.setInt32(500, fields.xyztUnits, true)
  view.setInt32(504, fields.intent, true)
  return bytes
}

function originOf({ affine }: NiftiFields): Vector {
  return [affine[0][3], affine[1][3], affine[2][3]]
}
