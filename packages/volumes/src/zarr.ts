/**
 * Makes Zarr hierarchies of volumes. A subpath of its own, since not every program needs zarrita.
 * @module
 */
export { encodeZarr } from './encode/encode-zarr.ts'
export type { ZarrFile } from './encode/encode-zarr.ts'
