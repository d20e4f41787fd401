import type { EncodeVolumeOptions, PlannedVolume, VolumeSlice } from '../model/volume.ts'
import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { bidsSidecar } from './bids-sidecar.ts'
import { littleEndianBytes } from './sample-bytes.ts'

/** One file of a Zarr hierarchy. */
export interface ZarrFile {
  /** Relative to the folder of the hierarchy, with forward slashes: `zarr.json`, `0/c/0/0/0`. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Frames that it was read from: 0 for metadata and for a slice without a frame. */
  readonly frameCount: number
}

/** How a hierarchy is encoded. */
export interface EncodeZarrOptions extends EncodeVolumeOptions {
  /** The module `zarrita`. Default: it is imported. */
  readonly zarrita?: ZarritaModule | undefined
}

/**
 * The members of the module `zarrita` that are used. They are declared here, so that the types of this package compile
 * without `zarrita`.
 */
export interface ZarritaModule {
  root(store: object): ZarrLocation
  create(location: ZarrLocation, options: object): Promise<unknown>
}

/** A place in a store. */
export interface ZarrLocation {
  resolve(path: string): ZarrLocation
}

/** An axis of OME-NGFF 0.5, and its voxels. */
interface ZarrAxis {
  readonly axis: { readonly name: string; readonly type?: string; readonly unit?: string }
  readonly count: number
  /** From voxel to voxel, in the unit of the axis. */
  readonly step: number
}

/**
 * Encodes a volume as a Zarr v3 hierarchy with the metadata of OME-NGFF 0.5, one chunk for each slice: the group, and the
 * array `0`. OME-NGFF has scales and no affine yet; the attributes of the group have it under `volume`.
 *
 * @throws {VolumeError} what `slices` throws
 * @example
 * import { planVolumes } from '@ahi-dicom/volumes'
 * import { encodeZarr } from '@ahi-dicom/volumes/zarr'
 *
 * for (const volume of planVolumes(instances)) {
 *   for await (const { path, bytes } of encodeZarr(volume)) console.log(path, bytes.length)
 * }
 */
export async function* encodeZarr(
  volume: PlannedVolume,
  options: EncodeZarrOptions = {},
): AsyncGenerator<ZarrFile, void, undefined> {
  const zarrita: ZarritaModule = options.zarrita ?? (await import('zarrita'))
  const store = createFileStore()
  const axes = axesOf(volume)
  await zarrita.create(zarrita.root(store), { attributes: attributesOf(volume, axes) })
  await zarrita.create(zarrita.root(store).resolve('0'), {
    shape: axes.map(({ count }) => count),
    chunkShape: axes.map(({ axis, count }) => (isInSlice(axis) ? count : 1)),
    dtype: volume.dtype,
    // Zarr v3 wants both, and zarr-python reads no array without them.
    fillValue: 0,
    codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
    dimensionNames: axes.map(({ axis }) => axis.name),
  })
  yield* store.take()
  // A chunk is the unchanged bytes of a slice. `set` of zarrita would copy them twice.
  for await (const slice of volume.slices(options)) {
    const place = axes.map(({ axis }) => placeOf(axis, slice))
    yield {
      path: ['0', 'c', ...place].join('/'),
      bytes: littleEndianBytes(planar(slice.data, volume)),
      frameCount: slice.frameCount,
    }
    if (options.reusesMemory === true) slice.release()
  }
}

/** Keeps what is written until it is taken. Nothing is read back: each chunk is written as a whole. */
function createFileStore(): {
  get(key: string): Promise<undefined>
  set(key: string, bytes: Uint8Array): Promise<void>
  take(): ZarrFile[]
} {
  const files: ZarrFile[] = []
  return {
    get: async () => undefined,
    async set(key, bytes) {
      files.push({ path: key.replace(/^\//, ''), bytes, frameCount: 0 })
    },
    take: () => files.splice(0),
  }
}

function axesOf({ dimensions, spacing, fourthAxis }: PlannedVolume): readonly ZarrAxis[] {
  const { columns, rows, slices, fourth, components } = dimensions
  return [
    ...(fourthAxis === undefined ? [] : [{ ...fourthZarrAxis(fourthAxis), count: fourth }]),
    ...(components === 1 ? [] : [{ axis: { name: 'c', type: 'channel' }, count: components, step: 1 }]),
    spaceAxis('z', slices, spacing[2]),
    spaceAxis('y', rows, spacing[1]),
    spaceAxis('x', columns, spacing[0]),
  ]
}

function spaceAxis(name: string, count: number, step: number): ZarrAxis {
  return { axis: { name, type: 'space', unit: 'millimeter' }, count, step }
}

/** Time, or an axis of a kind that OME-NGFF does not name. */
function fourthZarrAxis({
  kind,
  unit,
  values,
}: NonNullable<PlannedVolume['fourthAxis']>): Pick<ZarrAxis, 'axis' | 'step'> {
  if (kind !== 'time') return { axis: { name: kind.replace(' ', '-') }, step: 1 }
  const named = unit === 's' ? { unit: 'second' } : unit === 'ms' ? { unit: 'millisecond' } : {}
  const [first = 0, second = first] = values
  return { axis: { name: 't', type: 'time', ...named }, step: second - first || 1 }
}

/** Whether a slice has all of an axis. */
function isInSlice({ name, type }: ZarrAxis['axis']): boolean {
  return name === 'x' || name === 'y' || type === 'channel'
}

/** The number of the chunk on an axis. */
function placeOf(axis: ZarrAxis['axis'], { k, t }: VolumeSlice): number {
  if (isInSlice(axis)) return 0
  return axis.name === 'z' ? k : t
}

/** Colours by plane: OME-NGFF has channels before space. */
function planar(data: PixelArray, { dimensions: { components } }: PlannedVolume): PixelArray {
  if (components === 1) return data
  const planes = data.slice()
  const perPlane = data.length / components
  for (let at = 0; at < data.length; at++) {
    planes[(at % components) * perPlane + Math.floor(at / components)] = data[at] ?? 0
  }
  return planes
}

function attributesOf(volume: PlannedVolume, axes: readonly ZarrAxis[]): Record<string, unknown> {
  const scale = axes.map(({ step }) => step)
  const multiscale = {
    axes: axes.map(({ axis }) => axis),
    datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale }] }],
  }
  return {
    ome: { version: '0.5', multiscales: [multiscale] },
    volume: { ...bidsSidecar(volume), Affine: volume.affine.lps, AffineCoordinates: 'LPS' },
  }
}
