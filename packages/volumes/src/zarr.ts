/**
 * Makes Zarr hierarchies of volumes. It needs zarrita, which the user installs beside this package.
 * @module
 */
export { encodeZarr } from './encode/encode-zarr.ts'
export type { ZarrFile } from './encode/encode-zarr.ts'
